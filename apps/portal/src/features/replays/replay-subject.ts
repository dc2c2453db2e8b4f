import { type Delivery, type StartReplayRequest } from '@hub/api-client';

/** What a filter finds among the dead letters, or what became of one event and can be repeated. */
export type ReplaySubject =
  | { readonly filter: NonNullable<StartReplayRequest['filter']>; readonly count: number }
  | {
      readonly trackingId: string;
      readonly hasFailed: boolean;
      readonly hasArrived: boolean;
      readonly wasTurnedAway: boolean;
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
 * What was turned away was never made, so nothing of it can be sent as it was. What people gave up of one event is repeated
 * without being asked for; a filter takes neither. One with a reason is that of dead letters, and finds nothing cancelled.
 */
export function cancelledReach(subject: ReplaySubject, isAsItWas: boolean): CancelledReach {
  if (!('filter' in subject)) return subject.wasTurnedAway && !isAsItWas ? 'turned_away' : null;
  if (subject.filter.reason !== undefined) return null;
  return isAsItWas ? 'given_up' : 'both';
}
