import { modeOf, span } from './schedule';

it.each([
  [0, '0 s'],
  [45, '45 s'],
  [300, '5 min'],
  [5_400, '1 h 30 min'],
  [86_400, '1 d'],
  [90_061, '1 d 1 h 1 min 1 s'],
])('%i seconds are %s', (seconds, told) => expect(span(seconds)).toBe(told));

it('says how changes are noticed', () => {
  const sync = { has_hook: false, interval_seconds: 60, full_every_hours: null };
  expect(modeOf(sync)).toBe('Every 1 min');
  expect(modeOf({ ...sync, has_hook: true, full_every_hours: 24 })).toBe(
    'At once, and every 1 min, whole listing every 1 d',
  );
});
