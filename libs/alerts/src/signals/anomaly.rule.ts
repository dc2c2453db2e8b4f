import { type AlertRule, type Observation, type RuleSettings, seen } from '../rules/rule.types';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Of what was a holiday, or an import, the week before it knows better. */
const WEEKS = 2;
/** The hour and its neighbours: one that was noisy decides nothing. */
const HOURS = [-1, 0, 1] as const;

interface Row extends Record<string, unknown> {
  hour: Date;
  events: number;
  failed: number;
  known_since: Date | null;
}

export const anomaly: AlertRule = {
  id: 'anomaly',
  title: 'Unusual traffic',
  description:
    'Events accepted, or calls failed, in the last full hour against the same time of day in the two weeks before.',
  advice: 'Look whether a sender has stopped, sends everything again, or goes in a circle.',
  threshold: {
    unit: 'factor',
    default: 3,
    least: 1.5,
    most: 100,
    meaning:
      'there were more than this many times as many events or failed calls as in either week, or events fell below one part in this many of both',
  },
  leastVolume: 100,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'warning',
  clearAfterSeconds: 0,
  async read(tx, { now, settings }) {
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - HOUR_MS);
    const before = Array.from({ length: WEEKS }, (_, week) => new Date(hour.getTime() - (week + 1) * WEEK_MS));
    const looked = before.flatMap((middle) => HOURS.map((beside) => new Date(middle.getTime() + beside * HOUR_MS)));
    const rows = await tx.query<Row>(
      `select h.hour, coalesce(b.events, 0)::bigint as events, coalesce(u.failed_calls, 0)::bigint as failed,
              (select min(hour) from balance_hours where tenant_id = $1) as known_since
       from unnest($2::timestamptz[]) h(hour)
       left join balance_hours b on b.tenant_id = $1 and b.hour = h.hour
       left join usage_counts u on u.tenant_id = $1 and u.hour = h.hour`,
      [tx.tenantId, [hour, ...looked]],
      'signal_anomaly',
    );
    const since = rows[0]?.known_since ?? null;
    const known = before.filter((middle) => since !== null && since <= middle);
    const judged = (figure: 'events' | 'failed'): Judged => {
      const at = new Map(rows.map((row) => [row.hour.getTime(), row[figure]]));
      const countAt = (moment: number): number => at.get(moment) ?? 0;
      const weeks = known.map((middle) => HOURS.map((beside) => countAt(middle.getTime() + beside * HOUR_MS)));
      return judge(countAt(hour.getTime()), weeks, settings);
    };
    const found: Observation[] = [];
    const [events, failed] = [judged('events'), judged('failed')];
    if (events.unusual !== null) found.push(observation('events', 'events accepted', events.unusual, events, hour));
    // Fewer failures are good news.
    if (failed.unusual === 'more') found.push(observation('failed_calls', 'calls failed', 'more', failed, hour));
    return seen(found);
  },
};

export interface Judged {
  readonly unusual: 'more' | 'fewer' | null;
  readonly now: number;
  /** Of the weeks before, the one that is most like now. */
  readonly usual: number;
}

/**
 * Unusual is what is unlike every week that is known.
 * @param weeks the counts of each, about the same hour; whoever has none has nothing that it could be unlike
 */
export function judge(
  now: number,
  weeks: readonly (readonly number[])[],
  { threshold: factor, leastVolume }: Pick<RuleSettings, 'threshold' | 'leastVolume'>,
): Judged {
  const usual = weeks.map(median);
  if (usual.length === 0) return { unusual: null, now, usual: 0 };
  const [least, most] = [Math.min(...usual), Math.max(...usual)];
  if (now >= leastVolume && now > most * factor) return { unusual: 'more', now, usual: most };
  return { unusual: least >= leastVolume && now * factor < least ? 'fewer' : null, now, usual: least };
}

function median(counts: readonly number[]): number {
  return [...counts].sort((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;
}

function observation(
  subject: string,
  what: string,
  direction: 'more' | 'fewer',
  { now, usual }: Judged,
  hour: Date,
): Observation {
  return {
    subject,
    connection: null,
    title: `Far ${direction} ${what} than in the weeks before`,
    causes: [
      { what: `${what} within the hour`, count: now, since: hour.toISOString() },
      { what: 'usual at this time of the week', count: usual },
    ],
    value: now,
  };
}
