import { type DeliveryFilters } from './deliveries.queries';
import { replayOfList, type ReplayOfList } from './replay-of-list';

const ROUTE = { route_id: 'rte_1' };

describe('the replay of a list', () => {
  it.each<[DeliveryFilters, ReplayOfList]>([
    [
      { ...ROUTE, status: 'dead', replayed: 'false' },
      { filter: ROUTE, listed: 'dead' },
    ],
    [
      { ...ROUTE, status: 'succeeded' },
      { filter: ROUTE, listed: 'succeeded' },
    ],
    [
      { reason: 'filtered', status: 'cancelled' },
      { filter: { reason: 'filtered' }, listed: 'cancelled' },
    ],
    [{ reason: 'replay_cancelled', status: 'cancelled' }, { why: 'withdrawn' }],
    [{ ...ROUTE, status: 'dead', replayed: 'true' }, { why: 'replayed' }],
    [{ status: 'dead', tracking_id: 'evt_1' }, { why: 'oneEvent' }],
    [{ status: 'superseded' }, { why: 'superseded' }],
    [{ status: 'held' }, { why: 'underWay' }],
    [ROUTE, { why: 'mixed' }],
  ])('that %j show is %j', (filters, replay) => {
    expect(replayOfList(filters)).toEqual(replay);
  });
});
