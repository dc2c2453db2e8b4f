import { type AlertRule, type Observation, seen } from '../rules/rule.types';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

interface Row extends Record<string, unknown> {
  events: number;
  events_before: number;
  failed: number;
  failed_before: number;
  known_since: Date | null;
}

export const anomaly: AlertRule = {
  id: 'anomaly',
  title: 'Unusual traffic',
  description: 'Events accepted, or calls failed, in the last full hour against the same hour of the week before.',
  advice: 'Look whether a sender has stopped, sends everything again, or goes in a circle.',
  threshold: {
    unit: 'factor',
    default: 3,
    least: 1.5,
    most: 100,
    meaning:
      'there were more than this many times as many events or failed calls, or events fell below one part in this many',
  },
  leastVolume: 100,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'warning',
  clearAfterSeconds: 0,
  async read(tx, { now, settings }) {
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - HOUR_MS);
    const before = new Date(hour.getTime() - WEEK_MS);
    const [row] = await tx.query<Row>(
      `select coalesce((select events from balance_hours where tenant_id = $1 and hour = $2), 0)::bigint as events,
              coalesce((select events from balance_hours where tenant_id = $1 and hour = $3), 0)::bigint as events_before,
              coalesce((select failed_calls from usage_counts where tenant_id = $1 and hour = $2), 0)::bigint as failed,
              coalesce((select failed_calls from usage_counts where tenant_id = $1 and hour = $3), 0)::bigint as failed_before,
              (select min(hour) from balance_hours where tenant_id = $1) as known_since`,
      [tx.tenantId, hour, before],
      'signal_anomaly',
    );
    // Whoever has no last week has nothing that it could be unlike.
    if (row === undefined || row.known_since === null || row.known_since > before) return seen([]);
    const { threshold: factor, leastVolume } = settings;
    const found: Observation[] = [];
    const events = judge(row.events, row.events_before, factor, leastVolume);
    if (events !== null)
      found.push(observation('events', 'events accepted', events, row.events, row.events_before, hour));
    if (judge(row.failed, row.failed_before, factor, leastVolume) === 'more')
      found.push(observation('failed_calls', 'calls failed', 'more', row.failed, row.failed_before, hour));
    return seen(found);
  },
};

function judge(now: number, before: number, factor: number, leastVolume: number): 'more' | 'fewer' | null {
  if (now >= leastVolume && now > before * factor) return 'more';
  return before >= leastVolume && now * factor < before ? 'fewer' : null;
}

function observation(
  subject: string,
  what: string,
  direction: 'more' | 'fewer',
  now: number,
  before: number,
  hour: Date,
): Observation {
  return {
    subject,
    connection: null,
    title: `Far ${direction} ${what} than a week ago`,
    causes: [
      { what: `${what} within the hour`, count: now, since: hour.toISOString() },
      { what: 'in the same hour of the week before', count: before },
    ],
    value: now,
  };
}
