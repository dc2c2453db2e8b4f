import { type TenantTx } from '@hub/tenancy';
import { tellAcknowledged } from '../notify/notification.repository';
import { type AlertFilter, type AlertRow } from './alert.types';

const COLUMNS = `a.id, a.rule, a.subject, a.connection_id, c.name as connection_name, a.phase, a.severity, a.title, a.details, a.since,
  a.opened_at, a.acknowledged_at, a.acknowledged_by, a.note, a.muted_until, a.clear_since, a.resolved_at, a.resolution, a.told_at, a.last_told_at, a.known, a.worse_since`;
const FROM = `from alerts a left join connections c on c.tenant_id = a.tenant_id and c.id = a.connection_id`;

/** One that people may see. */
export async function findAlert(tx: TenantTx, id: string): Promise<AlertRow | null> {
  const [row] = await tx.query<AlertRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where a.tenant_id = $1 and a.id = $2 and a.phase <> 'pending'`,
    [tx.tenantId, id],
    'find_alert',
  );
  return row ?? null;
}

/** Newest first. One row more than `limit`. */
export async function listAlerts(
  tx: TenantTx,
  filter: AlertFilter,
  page: { readonly limit: number; readonly before: string | null },
): Promise<AlertRow[]> {
  return tx.query<AlertRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where a.tenant_id = $1 and a.phase <> 'pending' and ($2::uuid is null or a.id < $2)
       and ($3::text is null or a.phase = $3) and ($4::text is null or a.rule = $4) and ($5::text is null or a.severity = $5)
       and ($6::uuid is null or a.connection_id = $6)
     order by a.id desc limit $7`,
    [
      tx.tenantId,
      page.before,
      filter.status ?? null,
      filter.rule ?? null,
      filter.severity ?? null,
      filter.connectionId ?? null,
      page.limit + 1,
    ],
    'list_alerts',
  );
}

/** Episodes that go on, pending ones among them. */
export async function listCurrentAlerts(tx: TenantTx): Promise<AlertRow[]> {
  return tx.query<AlertRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where a.tenant_id = $1 and a.phase <> 'resolved' for update of a`,
    [tx.tenantId],
    'list_current_alerts',
  );
}

/** Subjects of episodes that are over for which somebody wanted quiet, and for how long still; by rule and subject. */
export async function listMutes(tx: TenantTx): Promise<Map<string, Date>> {
  const rows = await tx.query<{ rule: string; subject: string; muted_until: Date }>(
    `select rule, subject, max(muted_until) as muted_until from alerts
     where tenant_id = $1 and muted_until is not null and muted_until > now() and phase = 'resolved' group by 1, 2`,
    [tx.tenantId],
    'list_mutes',
  );
  return new Map(rows.map((row) => [`${row.rule} ${row.subject}`, row.muted_until]));
}

type StoredAlert = Omit<AlertRow, 'connection_name' | 'acknowledged_at' | 'acknowledged_by' | 'note'>;

export async function insertAlert(tx: TenantTx, alert: StoredAlert): Promise<void> {
  await tx.query(
    `insert into alerts (tenant_id, id, rule, subject, connection_id, phase, severity, title, details, since, opened_at, muted_until,
       clear_since, resolved_at, resolution, told_at, last_told_at, known, worse_since)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [tx.tenantId, alert.id, alert.rule, alert.subject, alert.connection_id, ...changing(alert)],
    'insert_alert',
  );
}

/** What a look changes; what a person has written stays. */
export async function updateAlert(tx: TenantTx, alert: StoredAlert): Promise<void> {
  await tx.query(
    `update alerts set phase = $3, severity = $4, title = $5, details = $6, since = $7, opened_at = $8, muted_until = $9, clear_since = $10,
       resolved_at = $11, resolution = $12, told_at = $13, last_told_at = $14, known = $15, worse_since = $16, updated_at = now()
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, alert.id, ...changing(alert)],
    'update_alert',
  );
}

function changing(alert: StoredAlert): unknown[] {
  return [
    alert.phase,
    alert.severity,
    alert.title,
    JSON.stringify(alert.details),
    alert.since,
    alert.opened_at,
    alert.muted_until,
    alert.clear_since,
    alert.resolved_at,
    alert.resolution,
    alert.told_at,
    alert.last_told_at,
    alert.known === null ? null : JSON.stringify(alert.known),
    alert.worse_since,
  ];
}

export async function deletePendingAlert(tx: TenantTx, id: string): Promise<void> {
  await tx.query(`delete from alerts where tenant_id = $1 and id = $2 and phase = 'pending'`, [tx.tenantId, id]);
}

/**
 * Somebody has seen it, as it was at the last look: no more reminders, and nothing else until it is worse than that.
 * Whoever does so after it has become worse takes the place of who did before. Incidents elsewhere are told in the same
 * transaction, once: an alert that was acknowledged already is no news to them.
 * @returns false when it is not there, or is over
 */
export async function acknowledgeAlert(tx: TenantTx, id: string, by: string, note: string | null): Promise<boolean> {
  const [row] = await tx.query<{ is_news: boolean }>(
    `update alerts set phase = 'acknowledged', acknowledged_at = case when phase = 'open' then now() else acknowledged_at end,
       acknowledged_by = case when phase = 'open' then $3 else acknowledged_by end, note = coalesce($4, note),
       known = case when details ? 'kinds' then details - 'causes' end, worse_since = null, updated_at = now()
     where tenant_id = $1 and id = $2 and phase in ('open', 'acknowledged') returning acknowledged_at = now() as is_news`,
    [tx.tenantId, id, by, note],
  );
  if (row?.is_news === true) await tellAcknowledged(tx, id);
  return row !== undefined;
}

/** Quiet until then, over the end of the episode; null for no longer. */
export async function muteAlert(tx: TenantTx, id: string, until: Date | null): Promise<boolean> {
  const rows = await tx.query(
    `with this as (
       update alerts set muted_until = $3, updated_at = now() where tenant_id = $1 and id = $2 and phase <> 'pending' returning id, rule, subject
     ), others as (
       update alerts a set muted_until = null from this
       where $3::timestamptz is null and a.tenant_id = $1 and a.rule = this.rule and a.subject = this.subject and a.id <> this.id and a.muted_until is not null
     )
     select id from this`,
    [tx.tenantId, id, until],
  );
  return rows.length > 0;
}

/**
 * A quarter of a year of what is over, with what was sent of it. Of an alert that goes on every notice stays, however old:
 * they say who was told, and so who is told when it becomes worse and when it is over.
 */
export async function dropOldAlerts(tx: TenantTx): Promise<void> {
  await tx.query(
    `delete from alert_notifications n where n.tenant_id = $1 and n.status <> 'waiting' and n.created_at < now() - interval '90 days'
       and not exists (select 1 from alerts a where a.tenant_id = n.tenant_id and a.id = n.alert_id and a.phase <> 'resolved')`,
    [tx.tenantId],
  );
  await tx.query(
    `delete from alerts a where a.tenant_id = $1 and a.phase = 'resolved' and a.resolved_at < now() - interval '90 days'
       and not exists (select 1 from alert_notifications n where n.tenant_id = a.tenant_id and n.alert_id = a.id)`,
    [tx.tenantId],
  );
}
