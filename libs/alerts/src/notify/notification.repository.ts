import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { type AlertMessage, type NotificationKind, type NotificationRow } from '../store/alert.types';

export interface NewNotification {
  readonly id: string;
  readonly alertId: string | null;
  readonly channelId: string;
  readonly kind: NotificationKind;
  readonly message: AlertMessage;
}

/**
 * The order of ids is the order in which an alert is told: they are the database's, whose clock is one, and not those of
 * workers, whose clocks are many.
 */
export async function insertNotification(tx: TenantTx, notification: Omit<NewNotification, 'id'>): Promise<void> {
  await tx.query(
    `insert into alert_notifications (tenant_id, id, alert_id, channel_id, kind, status, message) values ($1, uuid_v7(), $2, $3, $4, 'waiting', $5)`,
    [
      tx.tenantId,
      notification.alertId,
      notification.channelId,
      notification.kind,
      JSON.stringify(notification.message),
    ],
    'insert_notification',
  );
}

/**
 * Somebody has acknowledged it: incidents that it has opened elsewhere need not go on calling people. Waits behind what was
 * decided before, and says nothing of its own but that, so what was told last stands for it.
 */
export async function tellAcknowledged(tx: TenantTx, alertId: string): Promise<void> {
  const told = await tx.query<{ channel_id: string; message: AlertMessage }>(
    `select distinct on (n.channel_id) n.channel_id, n.message
     from alert_notifications n join alert_channels h on h.tenant_id = n.tenant_id and h.id = n.channel_id
     where n.tenant_id = $1 and n.alert_id = $2 and h.kind = 'pagerduty' and h.deleted_at is null order by n.channel_id, n.id desc`,
    [tx.tenantId, alertId],
    'incidents_elsewhere',
  );
  for (const { channel_id: channelId, message } of told)
    await insertNotification(tx, { alertId, channelId, kind: 'acknowledged', message });
}

/**
 * As the dispatcher: tenants with something to be sent, whoever has waited longest first. What waits behind an earlier notice of
 * its alert does not count: it is due for hours, and tenants that have nothing else would take the place of others.
 */
export async function findTenantsWithNotifications(database: Database): Promise<string[]> {
  const rows = await database.query<{ tenant_id: string }>(
    `select n.tenant_id from alert_notifications n
     where n.status = 'waiting' and n.next_attempt_at <= now() and (n.lease_until is null or n.lease_until < now())
       and not exists (select 1 from alert_notifications p where p.tenant_id = n.tenant_id and p.alert_id = n.alert_id
                       and p.channel_id = n.channel_id and p.status = 'waiting' and p.id < n.id)
     group by n.tenant_id order by min(n.next_attempt_at) limit 200`,
  );
  return rows.map((row) => row.tenant_id);
}

export interface NotificationOutcome {
  readonly status: 'sent' | 'failed' | 'discarded' | 'waiting';
  /** Until the next attempt, of one that goes on waiting. */
  readonly delayMs?: number;
  readonly httpStatus: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Of one message. @returns false when the claim was taken over: what came of it is the other's to say */
export async function settleNotifications(
  tx: TenantTx,
  ids: readonly string[],
  token: string,
  outcome: NotificationOutcome,
): Promise<boolean> {
  const rows = await tx.query(
    // In the order in which a claim locks them.
    `with mine as (
       select id from alert_notifications where tenant_id = $1 and id = any($2::uuid[]) and lease_token = $3 order by id for update
     )
     update alert_notifications n set status = $4, lease_token = null, lease_until = null, http_status = $5, error = $6,
       next_attempt_at = now() + $7::bigint * interval '1 millisecond', sent_at = case when $4 = 'sent' then now() end
     from mine where n.tenant_id = $1 and n.id = mine.id returning n.id`,
    [
      tx.tenantId,
      ids,
      token,
      outcome.status,
      outcome.httpStatus,
      outcome.error === null ? null : JSON.stringify(outcome.error),
      Math.round(outcome.delayMs ?? 0),
    ],
    'settle_notifications',
  );
  return rows.length > 0;
}

/** One that was made and sent in one go, for the log. */
export async function recordNotification(
  tx: TenantTx,
  notification: NewNotification,
  outcome: NotificationOutcome,
): Promise<void> {
  await tx.query(
    `insert into alert_notifications (tenant_id, id, alert_id, channel_id, kind, status, message, attempts, http_status, error, sent_at)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, case when $6 = 'sent' then now() end)`,
    [
      tx.tenantId,
      notification.id,
      notification.alertId,
      notification.channelId,
      notification.kind,
      outcome.status,
      JSON.stringify(notification.message),
      outcome.httpStatus,
      outcome.error === null ? null : JSON.stringify(outcome.error),
    ],
  );
}

const LISTED = `select n.id, n.alert_id, n.channel_id, h.name as channel_name, h.kind as channel_kind, n.kind, n.status, n.attempts,
  n.next_attempt_at, n.http_status, n.error, n.created_at, n.sent_at,
  (select greatest(count(*) - 1, 0)::int from alert_notifications g where g.tenant_id = $1 and g.group_id = n.group_id) as grouped_with
  from alert_notifications n join alert_channels h on h.tenant_id = n.tenant_id and h.id = n.channel_id where n.tenant_id = $1`;

/** Oldest first; an alert has few. */
export async function listNotificationsOfAlert(tx: TenantTx, alertId: string): Promise<NotificationRow[]> {
  return tx.query<NotificationRow & Record<string, unknown>>(`${LISTED} and n.alert_id = $2 order by n.id limit 200`, [
    tx.tenantId,
    alertId,
  ]);
}

/** Newest first. One row more than `limit`. */
export async function listNotificationsOfChannel(
  tx: TenantTx,
  channelId: string,
  page: { readonly limit: number; readonly before: string | null },
): Promise<NotificationRow[]> {
  return tx.query<NotificationRow & Record<string, unknown>>(
    `${LISTED} and n.channel_id = $2 and ($3::uuid is null or n.id < $3) order by n.id desc limit $4`,
    [tx.tenantId, channelId, page.before, page.limit + 1],
  );
}
