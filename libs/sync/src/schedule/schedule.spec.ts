import { firstOpen, isOpen, windowFault, type DailyWindow } from './daily-window';
import { freshnessOf, nextRunAfterFailure, nextRunAt } from './schedule';

const at = (text: string): Date => new Date(text);
const night: DailyWindow = { from: '22:00', to: '05:00', time_zone: 'Europe/Berlin' };

describe('a daily window', () => {
  it.each([
    ['2026-11-20T20:59:59Z', false],
    ['2026-11-20T21:00:00Z', true],
    ['2026-11-21T03:59:00Z', true],
    ['2026-11-21T04:00:00Z', false],
  ])('over midnight, by the local clock: %s', (moment, open) => expect(isOpen(night, at(moment))).toBe(open));

  it('opens at its beginning', () => {
    expect(firstOpen(night, at('2026-11-20T12:34:56Z'))).toEqual(at('2026-11-20T21:00:00Z'));
    expect(firstOpen(night, at('2026-11-20T23:34:56Z'))).toEqual(at('2026-11-20T23:34:56Z'));
    expect(firstOpen(null, at('2026-11-20T12:00:00Z'))).toEqual(at('2026-11-20T12:00:00Z'));
    const day = { from: '09:00', to: '17:00', time_zone: 'America/New_York' };
    expect(firstOpen(day, at('2026-11-20T22:30:00Z'))).toEqual(at('2026-11-21T14:00:00Z'));
  });

  it('opens on time in nights in which clocks change', () => {
    const early = { from: '03:30', to: '05:00', time_zone: 'Europe/Berlin' };
    expect(firstOpen(early, at('2026-03-28T20:00:00Z'))).toEqual(at('2026-03-29T01:30:00Z'));
    expect(firstOpen(early, at('2026-10-24T20:00:00Z'))).toEqual(at('2026-10-25T02:30:00Z'));
    const skipped = { from: '02:10', to: '02:50', time_zone: 'Europe/Berlin' };
    expect(firstOpen(skipped, at('2026-03-28T20:00:00Z'))).toEqual(at('2026-03-30T00:10:00Z'));
    expect(firstOpen(skipped, at('2026-10-24T20:00:00Z'))).toEqual(at('2026-10-25T00:10:00Z'));
  });

  it('names what is wrong with it', () => {
    expect(windowFault(night)).toBeNull();
    expect(windowFault({ ...night, from: '24:00' })).toBe('from');
    expect(windowFault({ ...night, to: '22:00' })).toBe('to');
    expect(windowFault({ ...night, time_zone: 'Europe/Nowhere' })).toBe('time_zone');
  });
});

describe('the next run', () => {
  const cadence = { intervalSeconds: 300, dailyWindow: null };

  it('keeps the beat, and does not make up for beats that were missed', () => {
    expect(nextRunAt(cadence, at('2026-11-20T10:00:00Z'), at('2026-11-20T10:00:07Z'))).toEqual(
      at('2026-11-20T10:05:00Z'),
    );
    expect(nextRunAt(cadence, at('2026-11-20T10:00:00Z'), at('2026-11-20T12:00:07Z'))).toEqual(
      at('2026-11-20T12:05:07Z'),
    );
  });

  it('waits for its window', () => {
    expect(
      nextRunAt({ ...cadence, dailyWindow: night }, at('2026-11-21T03:55:00Z'), at('2026-11-21T03:55:09Z')),
    ).toEqual(at('2026-11-21T21:00:00Z'));
  });

  it('is put off when a person is needed, but never sooner than usual', () => {
    const now = at('2026-11-20T10:00:00Z');
    expect(nextRunAfterFailure(cadence, now)).toEqual(at('2026-11-20T10:15:00Z'));
    expect(nextRunAfterFailure({ ...cadence, intervalSeconds: 3_600 }, now)).toEqual(at('2026-11-20T11:00:00Z'));
  });
});

describe('freshness', () => {
  const sync = {
    intervalSeconds: 60,
    dailyWindow: null,
    freshnessSeconds: null,
    lastSuccessAt: at('2026-11-20T10:00:00Z'),
  };

  it('is the age of the last success against what a sync may miss', () => {
    expect(freshnessOf(sync, at('2026-11-20T10:03:00Z'))).toEqual({
      state: 'fresh',
      ageSeconds: 180,
      allowedSeconds: 180,
    });
    expect(freshnessOf(sync, at('2026-11-20T10:03:01Z'))).toMatchObject({ state: 'late', ageSeconds: 181 });
    expect(freshnessOf({ ...sync, freshnessSeconds: 10 }, at('2026-11-20T10:00:11Z'))).toMatchObject({ state: 'late' });
    expect(freshnessOf({ ...sync, dailyWindow: night }, at('2026-11-21T09:00:00Z'))).toMatchObject({ state: 'fresh' });
    expect(freshnessOf({ ...sync, lastSuccessAt: null }, at('2026-11-20T10:00:11Z'))).toMatchObject({
      state: 'never',
      ageSeconds: null,
    });
  });
});
