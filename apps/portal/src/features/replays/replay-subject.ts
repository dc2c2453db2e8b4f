import { type Delivery, type StartReplayRequest } from '@hub/api-client';

/** States of deliveries that a replay can take up. */
export const REPLAYABLE = ['dead', 'succeeded', 'cancelled'] as const;
export type Replayable = (typeof REPLAYABLE)[number];

/** What a filter finds, or what became of events that are named and can be repeated. */
export type ReplaySubject =
  | {
      readonly filter: NonNullable<StartReplayRequest['filter']>;
      /** Of the dead letters that it finds, which are repeated whatever else is. */
      readonly count: number;
      /** What is looked at; dead letters where nothing is said. */
      readonly listed?: Replayable;
    }
  | {
      readonly trackingIds: readonly [string, ...string[]];
      readonly hasFailed: boolean;
      readonly hasArrived: boolean;
      readonly wasTurnedAway: boolean;
      /** How many were listed beside these, and are not repeated because they are in the archive. */
      readonly archived?: number;
    };

/** What a replay takes up besides when what was cancelled is repeated, too; null where that is nothing. */
export type CancelledReach = 'given_up' | 'turned_away' | 'both' | null;

type Ended = Pick<Delivery, 'status' | 'reason'>;

/** By a person. */
export function isGivenUp({ status, reason }: Ended): boolean {
  return status === 'cancelled' && reason === 'cancelled_by_user';
}

/** By a route's filter, or by a mapping that had nothing to deliver. */
export function isTurnedAway({ status, reason }: Ended): boolean {
  return status === 'cancelled' && (reason === 'filtered' || reason === 'skipped_by_mapping');
}

/**
 * What was turned away was never made, so nothing of it can be sent as it was. What people gave up of an event that is named
 * is repeated without being asked for; a filter takes neither. One with a reason finds what was cancelled for it, and nothing else.
 */
export function cancelledReach(subject: ReplaySubject, isAsItWas: boolean): CancelledReach {
  if (!('filter' in subject)) return subject.wasTurnedAway && !isAsItWas ? 'turned_away' : null;
  const { reason } = subject.filter;
  if (reason === undefined) return isAsItWas ? 'given_up' : 'both';
  const ended = { status: 'cancelled', reason } as const;
  if (isGivenUp(ended)) return 'given_up';
  return isTurnedAway(ended) && !isAsItWas ? 'turned_away' : null;
}
