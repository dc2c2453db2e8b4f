import { cancelledReach, type CancelledReach, type ReplaySubject } from './replay-subject';

const EVENT = { trackingIds: ['evt_1'] as const, hasFailed: true, hasArrived: false, wasTurnedAway: false };
type Reason = Extract<ReplaySubject, { filter: unknown }>['filter']['reason'];
const byFilter = (reason?: Reason): ReplaySubject => ({ filter: { route_id: 'rte_1', reason }, count: 3 });

describe('what was cancelled and can be repeated', () => {
  it.each<[string, ReplaySubject, CancelledReach, CancelledReach]>([
    ['a filter', byFilter(), 'both', 'given_up'],
    ['a filter of what died of something', byFilter('permanent_failure'), null, null],
    ['a filter of what people gave up', byFilter('cancelled_by_user'), 'given_up', 'given_up'],
    ['a filter of what a filter turned away', byFilter('filtered'), 'turned_away', null],
    ['a filter of what a stopped replay had made', byFilter('replay_cancelled'), null, null],
    ['an event of which nothing was turned away', EVENT, null, null],
    ['an event that was turned away', { ...EVENT, wasTurnedAway: true }, 'turned_away', null],
  ])('by %s', (_of, subject, mappedAnew, asItWas) => {
    expect([cancelledReach(subject, false), cancelledReach(subject, true)]).toEqual([mappedAnew, asItWas]);
  });
});
