import { type EventSummary } from '@hub/api-client';
import { type EventFilters } from './events.queries';

/** The API takes no more by name. */
export const MOST_NAMED = 1_000;

/** Why what is listed cannot be replayed; names of the words that say so. */
export type NoReplay = 'underWay' | 'unrouted' | 'archived' | 'notAll';

export type ReplayOfEvents =
  | {
      readonly trackingIds: readonly [string, ...string[]];
      /** How many are listed that are in the archive, and not in the replay. */
      readonly archived: number;
    }
  | { readonly why: NoReplay };

/** What is in a replay of the events that are listed: those and no others, so each is named. */
export function replayOfEvents(
  status: EventFilters['status'],
  rows: readonly Pick<EventSummary, 'tracking_id' | 'archived'>[],
  hasMore: boolean,
): ReplayOfEvents {
  if (status === 'pending' || status === 'processing') return { why: 'underWay' };
  if (status === 'unrouted') return { why: 'unrouted' };
  if (hasMore || rows.length > MOST_NAMED) return { why: 'notAll' };
  const [first, ...others] = rows.filter(({ archived }) => !archived).map(({ tracking_id: id }) => id);
  if (first === undefined) return { why: 'archived' };
  return { trackingIds: [first, ...others], archived: rows.length - others.length - 1 };
}
