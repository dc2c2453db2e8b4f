import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  failures: number;
  since: Date | null;
  category: string | null;
  code: string | null;
}

export const breakerOpen: AlertRule = {
  id: 'breaker_open',
  title: 'System not answering',
  description:
    'The system behind a connection fails again and again, so the hub leaves it in peace and tries one call at a time.',
  advice:
    'Look at the system behind the connection. Nothing is lost and no attempt is spent: deliveries go on by themselves.',
  threshold: null,
  leastVolume: null,
  forSeconds: 60,
  repeatSeconds: 14_400,
  severity: 'critical',
  clearAfterSeconds: 0,
  async read(tx) {
    // Half open is not yet closed: one call is under way to find out.
    const rows = await tx.query<Row>(
      `select c.id, c.name, r.consecutive_failures as failures, r.breaker_opened_at as since,
              r.last_error ->> 'category' as category, r.last_error ->> 'code' as code
       from connection_runtime r join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
       where r.tenant_id = $1 and r.breaker_state <> 'closed' and c.deleted_at is null and c.status = 'active'`,
      [tx.tenantId],
      'signal_breaker_open',
    );
    return seen(
      rows.map((row) => ({
        subject: row.id,
        connection: { id: row.id, name: row.name },
        title: `${row.name} does not answer`,
        causes: [
          {
            what: [row.category, row.code].filter((part) => part !== null).join(' ') || 'calls fail',
            count: row.failures,
            ...(row.since === null ? {} : { since: row.since.toISOString() }),
          },
        ],
        value: row.failures,
      })),
    );
  },
};
