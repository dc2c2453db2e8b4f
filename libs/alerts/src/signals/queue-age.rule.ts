import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  due_at: Date;
}

export const queueAge: AlertRule = {
  id: 'queue_age',
  title: 'Deliveries late',
  description: 'The oldest delivery of an active connection that is due and has not been made.',
  advice:
    "Look at the connection's health: a limit or an open breaker makes it wait, or more comes in than its system takes.",
  threshold: {
    unit: 'seconds',
    default: 900,
    least: 30,
    most: 604_800,
    meaning: 'it has been due for longer than this',
  },
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 14_400,
  severity: 'warning',
  clearAfterSeconds: 60,
  async read(tx, { now, settings }) {
    // Paused by a person, or signed out: that is no delay, and has an alert of its own.
    const rows = await tx.query<Row>(
      `select c.id, c.name, oldest.next_attempt_at as due_at
       from connections c cross join lateral (
         select d.next_attempt_at from deliveries d
         where d.tenant_id = $1 and d.connection_id = c.id and d.status in ('pending', 'retrying')
         order by d.next_attempt_at limit 1) oldest
       where c.tenant_id = $1 and c.deleted_at is null and c.status = 'active' and oldest.next_attempt_at < now() - $2::float8 * interval '1 second'`,
      [tx.tenantId, settings.threshold],
      'signal_queue_age',
    );
    return seen(
      rows.map((row) => ({
        subject: row.id,
        connection: { id: row.id, name: row.name },
        title: `Deliveries to ${row.name} are late`,
        causes: [{ what: 'oldest delivery that is due', since: row.due_at.toISOString() }],
        value: Math.round((now.getTime() - row.due_at.getTime()) / 1_000),
      })),
    );
  },
};
