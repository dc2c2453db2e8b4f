import { type UsageDay } from '@hub/delivery';
import { type UsageResponse } from './dto/usage.response';
import { type UsageOfDays } from './usage.service';

type Figures = UsageResponse['totals'];

export function toUsageResponse({ first, last, days }: UsageOfDays, limitPerMinute: number): UsageResponse {
  return {
    from: dayOf(first),
    to: dayOf(last),
    limit_per_minute: limitPerMinute,
    totals: days.map(figuresOf).reduce(add, NOTHING),
    days: days.map((day) => ({
      day: day.day,
      ...figuresOf(day),
      busiest_minute: day.busiestMinute,
      limit_used_percent: Math.round((day.busiestMinute / limitPerMinute) * 1_000) / 10,
    })),
  };
}

const NOTHING: Figures = {
  events_accepted: 0,
  events_duplicate: 0,
  requests_rate_limited: 0,
  deliveries_succeeded: 0,
  deliveries_dead: 0,
  calls: 0,
  calls_failed: 0,
};

function figuresOf(day: UsageDay): Figures {
  return {
    events_accepted: day.accepted,
    events_duplicate: day.duplicates,
    requests_rate_limited: day.rateLimited,
    deliveries_succeeded: day.delivered,
    deliveries_dead: day.dead,
    calls: day.calls,
    calls_failed: day.failedCalls,
  };
}

function add(sum: Figures, day: Figures): Figures {
  const members = Object.keys(sum) as (keyof Figures)[];
  return Object.fromEntries(members.map((name) => [name, sum[name] + day[name]])) as Figures;
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
