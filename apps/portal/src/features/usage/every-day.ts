import { type UsageResponse } from '@hub/api-client';

const DAY_MS = 86_400_000;

/** The same with the days on which nothing was counted, which the API leaves out: a chart must not join over them. */
export function everyDay(usage: UsageResponse): UsageResponse {
  const known = new Map(usage.days.map((day) => [day.day, day]));
  const days: UsageResponse['days'] = [];
  for (let at = Date.parse(usage.from); at <= Date.parse(usage.to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push(known.get(day) ?? { ...NOTHING, day });
  }
  return { ...usage, days };
}

const NOTHING = {
  events_accepted: 0,
  events_duplicate: 0,
  requests_rate_limited: 0,
  deliveries_succeeded: 0,
  deliveries_dead: 0,
  calls: 0,
  calls_failed: 0,
  busiest_minute: 0,
  limit_used_percent: 0,
};
