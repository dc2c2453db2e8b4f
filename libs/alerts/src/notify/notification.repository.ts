import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { type ChannelKind, type SealedSecret } from '../channels/channel.types';
import { type AlertMessage, type NotificationKind, type NotificationRow } from '../store/alert.types';

/** Longer than any channel is given to answer: who holds it is either at work or dead. */
const LEASE = `interval '60 seconds'`;
/** Sent at once by one process; each has its own time limit. */
const CLAIMED_AT_ONCE = 10;

export interface NewNotification {
  readonly id: string;
  readonly alertId: string | null;
  readonly channelId: string;
  readonly kind: NotificationKind;
  readonly message: AlertMessage;
}

export async function insertNotification(tx: TenantTx, notification: NewNotification): Promise<void> {
  await tx.query(
    `insert into alert_notifications (tenant_id, id, alert_id, channel_id, kind, status, message) values ($1, $2, $3, $4, $5, 'waiting', $6)`,
    [
      tx.tenantId,
      notification.id,
      notification.alertId,
      notification.channelId,
      notification.kind,
      JSON.stringify(notification.message),
    ],
    'insert_notification',
  );
}

/** As the dispatcher: tenants with something to be sent. */
export async function findTenantsWithNotifications(database: Database): Promise<string[]> {
  const rows = await database.query<{ tenant_id: string }>(
    `select distinct tenant_id from alert_notifications
     where status = 'waiting' and next_attempt_at <= now() and (lease_until is null or lease_until < now()) limit 200`,
  );
  return rows.map((row) => row.tenant_id);
}

export interface ClaimedNotification {
  readonly id: string;
  readonly alertId: string | null;
  readonly kind: NotificationKind;
  readonly message: AlertMessage;
  readonly attempts: number;
  /** Somebody was told of the alert through this channel. */
  readonly wasTold: boolean;
  readonly channel: {
    readonly id: string;
    readonly name: string;
    readonly kind: ChannelKind;
    readonly recipients: readonly string[];
    readonly secret: SealedSecret | null;
    /** Neither deleted nor switched off. */
    readonly isUsable: boolean;
  };
}

interface ClaimRow extends Record<string, unknown> {
  id: string;
  alert_id: string | null;
  kind: NotificationKind;
  message: AlertMessage;
  attempts: number;
  was_told: boolean;
  channel_id: string;
  name: string;
  channel_kind: ChannelKind;
  recipients: string[];
  secret_sealed: string | null;
  secret_key_id: string | null;
  is_usable: boolean;
}

/**
 * Takes what is due, the attempt counted. One alert's messages go through a channel in their order: the end of an alert is
 * not told before its beginning.
 */
export async function claimNotifications(tx: TenantTx, token: string): Promise<ClaimedNotification[]> {
  const rows = await tx.query<ClaimRow>(
    `with due as (
       select n.id from alert_notifications n
       where n.tenant_id = $1 and n.status = 'waiting' and n.next_attempt_at <= now() and (n.lease_until is null or n.lease_until < now())
         and not exists (select 1 from alert_notifications p where p.tenant_id = $1 and p.alert_id = n.alert_id
                         and p.channel_id = n.channel_id and p.status = 'waiting' and p.id < n.id)
       order by n.next_attempt_at, n.id limit ${CLAIMED_AT_ONCE} for update skip locked
     ), claimed as (
       update alert_notifications n set lease_token = $2, lease_until = now() + ${LEASE}, attempts = n.attempts + 1
       from due where n.tenant_id = $1 and n.id = due.id
       returning n.id, n.alert_id, n.channel_id, n.kind, n.message, n.attempts
     )
     select c.id, c.alert_id, c.kind, c.message, c.attempts, h.id as channel_id, h.name, h.kind as channel_kind, h.recipients,
            h.secret_sealed, h.secret_key_id, h.enabled and h.deleted_at is null as is_usable,
            exists (select 1 from alert_notifications p where p.tenant_id = $1 and p.alert_id = c.alert_id
                    and p.channel_id = c.channel_id and p.status = 'sent') as was_told
     from claimed c join alert_channels h on h.tenant_id = $1 and h.id = c.channel_id order by c.id`,
    [tx.tenantId, token],
    'claim_notifications',
  );
  return rows.map((row) => ({
    id: row.id,
    alertId: row.alert_id,
    kind: row.kind,
    message: row.message,
    attempts: row.attempts,
    wasTold: row.was_told,
    channel: {
      id: row.channel_id,
      name: row.name,
      kind: row.channel_kind,
      recipients: row.recipients,
      secret:
        row.secret_sealed === null || row.secret_key_id === null
          ? null
          : { sealed: row.secret_sealed, keyId: row.secret_key_id },
      isUsable: row.is_usable,
    },
  }));
}

export interface NotificationOutcome {
  readonly status: 'sent' | 'failed' | 'discarded' | 'waiting';
  /** Until the next attempt, of one that goes on waiting. */
  readonly delayMs?: number;
  readonly httpStatus: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** @returns false when the claim was taken over: what came of it is the other's to say */
export async function settleNotification(
  tx: TenantTx,
  id: string,
  token: string,
  outcome: NotificationOutcome,
): Promise<boolean> {
  const rows = await tx.query(
    `update alert_notifications set status = $4, lease_token = null, lease_until = null, http_status = $5, error = $6,
       next_attempt_at = now() + $7::bigint * interval '1 millisecond', sent_at = case when $4 = 'sent' then now() end
     where tenant_id = $1 and id = $2 and lease_token = $3 returning id`,
    [
      tx.tenantId,
      id,
      token,
      outcome.status,
      outcome.httpStatus,
      outcome.error === null ? null : JSON.stringify(outcome.error),
      Math.round(outcome.delayMs ?? 0),
    ],
    'settle_notification',
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
  n.next_attempt_at, n.http_status, n.error, n.created_at, n.sent_at
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
