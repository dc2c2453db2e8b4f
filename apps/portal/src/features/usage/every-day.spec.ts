import { type UsageResponse } from '@hub/api-client';
import { everyDay } from './every-day';

it('days without anything are there, and empty', () => {
  const counted = { day: '2026-02-28', events_accepted: 7 };
  const usage = { from: '2026-02-27', to: '2026-03-01', days: [counted] } as unknown as UsageResponse;
  const days = everyDay(usage).days.map(({ day, events_accepted: accepted }) => `${day}: ${accepted}`);
  expect(days).toEqual(['2026-02-27: 0', '2026-02-28: 7', '2026-03-01: 0']);
});
