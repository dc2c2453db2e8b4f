import fc from 'fast-check';
import { type HourFacts } from './balance.types';
import { differencesOf } from './differences';

const BALANCED: HourFacts = {
  events: 10,
  eventsUnrouted: 4,
  eventsKeyed: 10,
  eventsDelivered: 6,
  promised: 8,
  promisedOpen: 2,
  busiestMinute: 3,
  made: 8,
  replays: 1,
  open: 2,
  succeeded: 3,
  dead: 2,
  cancelled: 1,
  superseded: 1,
  told: 7,
};
const SEEN = { events: 10, deliveries: 9 };
const checksOf = (facts: Partial<HourFacts>, most = SEEN): string[] =>
  differencesOf({ ...BALANCED, ...facts }, most).map(({ check }) => check);

describe('the equations of an hour', () => {
  it('hold for what balances, whether keys were looked at or not', () => {
    expect(checksOf({})).toEqual([]);
    expect(checksOf({ eventsKeyed: null })).toEqual([]);
    expect(checksOf({}, { events: 0, deliveries: 0 })).toEqual([]);
  });

  it('name both witnesses, what they say, and the one that has fewer', () => {
    expect(differencesOf({ ...BALANCED, made: 7, succeeded: 2 }, SEEN)).toEqual([
      {
        check: 'deliveries_made',
        left: { side: 'events', count: 8 },
        right: { side: 'deliveries', count: 7 },
        short: 'deliveries',
      },
      {
        check: 'deliveries_kept',
        left: { side: 'ledger', count: 9 },
        right: { side: 'deliveries', count: 8 },
        short: 'deliveries',
      },
      {
        check: 'deliveries_settled',
        left: { side: 'deliveries', count: 6 },
        right: { side: 'hub_events', count: 7 },
        short: 'deliveries',
      },
    ]);
  });

  it.each<[string, Partial<HourFacts>, string[]]>([
    ['an unrouted event is gone', { events: 9, eventsUnrouted: 3, eventsKeyed: 9 }, ['events_kept']],
    [
      'a routed event is gone',
      { events: 9, eventsKeyed: 9, promised: 7 },
      ['events_kept', 'events_routed', 'deliveries_made'],
    ],
    ['a key is gone', { eventsKeyed: 9 }, ['keys_kept']],
    ['a replay is gone', { replays: 0, succeeded: 2, told: 6 }, ['deliveries_kept']],
    ['an end was told by nobody', { dead: 3, open: 1 }, ['deliveries_settled', 'deliveries_open']],
    ['a counter has drifted', { promisedOpen: 3 }, ['deliveries_open']],
  ])('do not hold when %s', (_name, facts, checks) => {
    expect(checksOf(facts)).toEqual(checks);
  });

  it('notice any single figure that changes by itself', () => {
    const figures = [
      'eventsUnrouted',
      'eventsKeyed',
      'eventsDelivered',
      'promised',
      'promisedOpen',
      'made',
      'open',
      'succeeded',
      'dead',
      'cancelled',
      'superseded',
      'told',
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...figures), fc.integer({ min: 1, max: 1_000 }), (figure, by) => {
        expect(checksOf({ [figure]: (BALANCED[figure] ?? 0) + by })).not.toEqual([]);
      }),
    );
  });
});
