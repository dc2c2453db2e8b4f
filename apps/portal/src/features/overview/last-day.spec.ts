import { type BalanceHour } from '@hub/api-client';
import { lastDay } from './last-day';

const hour = (at: string, accepted: number, dead: number, balanced = true): BalanceHour => ({
  hour: at,
  counted_at: at,
  balanced,
  differences: [],
  events: { accepted, routed: accepted, unrouted: 0 },
  deliveries: { made: accepted, replays: 0, succeeded: accepted - dead, dead, cancelled: 0, superseded: 0, open: 0 },
});
const to = '2026-11-21T16:00:00.000Z';

describe('the last day', () => {
  it('is told from the one before, to the hour', () => {
    const { figures, before } = lastDay({
      to,
      hours: [
        hour('2026-11-19T16:00:00.000Z', 5, 0),
        hour('2026-11-20T15:00:00.000Z', 7, 1),
        hour('2026-11-20T16:00:00.000Z', 20, 2),
        hour('2026-11-21T15:00:00.000Z', 30, 3),
      ],
    });
    expect(figures).toMatchObject({ accepted: 50, succeeded: 45, dead: 5 });
    expect(before).toMatchObject({ accepted: 12, succeeded: 11, dead: 1 });
  });

  it('has all of its hours in order, those in which nothing came among them', () => {
    const { hours } = lastDay({ to, hours: [hour('2026-11-21T14:00:00.000Z', 9, 0)] });
    expect(hours).toHaveLength(24);
    expect(new Date(hours[0]?.at ?? 0).toISOString()).toBe('2026-11-20T16:00:00.000Z');
    expect(hours.map(({ figures }) => figures.accepted)).toEqual([...Array<number>(22).fill(0), 9, 0]);
  });

  it('balances though the day before it did not', () => {
    const wrong = hour('2026-11-20T10:00:00.000Z', 1, 0, false);
    expect(lastDay({ to, hours: [wrong] }).isBalanced).toBe(true);
    expect(lastDay({ to, hours: [wrong, { ...wrong, hour: '2026-11-21T10:00:00.000Z' }] }).isBalanced).toBe(false);
  });
});
