import { grouped } from '@hub/platform';
import { type AlertRule, type Observation, seen } from '../rules/rule.types';

interface LimitRow extends Record<string, unknown> {
  id: string;
  name: string;
  limit_name: string;
  used: number;
  max: number;
  resets_at: Date | null;
}

export const rateLimitUse: AlertRule = {
  id: 'rate_limit_use',
  title: 'Limit nearly used up',
  description: "Use of a vendor's account limit, and of the hub's own limit of events a minute.",
  advice:
    'Send less at once, or ask for a higher limit. Beyond it the vendor makes the hub wait, and the hub answers 429.',
  threshold: { unit: 'percent', default: 90, least: 1, most: 100, meaning: 'at least this share of the limit is used' },
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'warning',
  clearAfterSeconds: 300,
  async read(tx, { settings }) {
    const limits = await tx.query<LimitRow>(
      `select c.id, c.name, l.limit_name, l.used, l.max, l.resets_at from connection_limits l
       join connections c on c.tenant_id = l.tenant_id and c.id = l.connection_id
       where l.tenant_id = $1 and c.deleted_at is null and l.max > 0 and l.used * 100 >= l.max * $2::float8
         and coalesce(l.resets_at > now(), l.observed_at > now() - interval '1 day')`,
      [tx.tenantId, settings.threshold],
      'signal_limits',
    );
    // Events that were pulled cost nothing. A bucket lets through at most twice the limit, so the count is bounded.
    const [own] = await tx.query<{ posted: number; per_minute: number } & Record<string, unknown>>(
      `select (select count(*) from events where tenant_id = $1 and id >= uuid_v7_floor(now() - interval '1 minute') and api_key_id is not null) as posted,
              coalesce(t.rate_limit_per_minute, r.rate_limit_per_minute) as per_minute
       from tenants t join tiers r on r.name = t.tier where t.id = $1`,
      [tx.tenantId],
      'signal_own_limit',
    );
    const found: Observation[] = [...grouped(limits, (row) => row.id)].map(([id, rows]) => {
      const percent = Math.max(...rows.map((row) => Math.round((row.used / row.max) * 100)));
      const name = rows[0]?.name ?? '';
      return {
        subject: id,
        connection: { id, name },
        title: `${percent} % of a limit of ${name} is used`,
        causes: rows.map((row) => ({ what: `${row.limit_name}: used of ${row.max}`, count: row.used })),
        value: percent,
      };
    });
    const percent = own === undefined ? 0 : (own.posted / own.per_minute) * 100;
    if (own !== undefined && percent >= settings.threshold)
      found.push({
        subject: 'events_per_minute',
        connection: null,
        title: `${Math.round(percent)} % of the limit of events a minute is used`,
        causes: [{ what: `events within a minute, of ${own.per_minute}`, count: own.posted }],
        value: Math.round(percent),
      });
    return seen(found);
  },
};
