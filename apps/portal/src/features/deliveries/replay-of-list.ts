import { cancelledReach, REPLAYABLE, type Replayable } from '../replays/replay-subject';
import { type DeliveryFilters } from './deliveries.queries';

/** Why what is listed cannot be replayed as a whole; names of the words that say so. */
export type NoReplay = 'mixed' | 'oneEvent' | 'replayed' | 'superseded' | 'underWay' | 'withdrawn';

export type ReplayOfList =
  | { readonly filter: Omit<DeliveryFilters, 'status' | 'replayed' | 'tracking_id'>; readonly listed: Replayable }
  | { readonly why: NoReplay };

/**
 * How the list is replayed that these filters show. A replay is one of dead letters, by the same filters but for the state,
 * and of what has arrived or was cancelled where that is asked for.
 */
export function replayOfList({ status, replayed, tracking_id: event, ...filter }: DeliveryFilters): ReplayOfList {
  if (event !== undefined) return { why: 'oneEvent' };
  if (replayed === 'true') return { why: 'replayed' };
  if (status === undefined) return { why: 'mixed' };
  if (status === 'superseded') return { why: 'superseded' };
  const listed = REPLAYABLE.find((state) => state === status);
  if (listed === undefined) return { why: 'underWay' };
  if (listed === 'cancelled' && cancelledReach({ filter, count: 0 }, false) === null) return { why: 'withdrawn' };
  return { filter, listed };
}
