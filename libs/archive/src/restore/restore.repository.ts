import { type Database } from '@hub/database';
import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type ObjectPlace } from '../objects/archive-objects.repository';
import { type RestoreRow, type RestoreSelection, type RestoreStatus } from './restore.types';

const LEASE_SECONDS = 120;
const COLUMNS = `id, status, selection, reason, keep_days, requested_by, done_day::text, done_object, objects_done, objects_total,
  matched, restored, already_there, missing, failures, error_code, created_at, started_at, ended_at`;

export interface NewRestore {
  readonly selection: RestoreSelection;
  readonly reason: string;
  readonly keepDays: number;
  readonly requestedBy: { readonly type: string; readonly id: string };
}

export async function insertRestore(tx: TenantTx, restore: NewRestore): Promise<RestoreRow> {
  const [row] = await tx.query<RestoreRow & Record<string, unknown>>(
    `insert into archive_restores (tenant_id, id, selection, reason, keep_days, requested_by) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
    [
      tx.tenantId,
      newUuid(),
      JSON.stringify(restore.selection),
      restore.reason,
      restore.keepDays,
      JSON.stringify(restore.requestedBy),
    ],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return row;
}

export async function findRestore(tx: TenantTx, id: string): Promise<RestoreRow | null> {
  const [row] = await tx.query<RestoreRow & Record<string, unknown>>(
    `select ${COLUMNS} from archive_restores where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Newest first. One row more than `limit`. */
export function listRestores(tx: TenantTx, page: { limit: number; before: string | null }): Promise<RestoreRow[]> {
  return tx.query<RestoreRow & Record<string, unknown>>(
    `select ${COLUMNS} from archive_restores where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [tx.tenantId, page.before, page.limit + 1],
  );
}

/** @returns null when it has ended already, or is none. What has come back stays. */
export async function cancelRestore(tx: TenantTx, id: string): Promise<RestoreRow | null> {
  const [row] = await tx.query<RestoreRow & Record<string, unknown>>(
    `update archive_restores set status = 'cancelled', ended_at = now()
     where tenant_id = $1 and id = $2 and status in ('queued', 'running') returning ${COLUMNS}`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Restores that nobody is at, of all tenants. */
export function dueRestores(database: Database): Promise<{ tenant_id: string; id: string }[]> {
  return database.query(
    `select tenant_id, id from archive_restores
     where status in ('queued', 'running') and next_at <= now() and (lease_until is null or lease_until < now()) order by id limit 20`,
  );
}

export async function claimRestore(tx: TenantTx, id: string, token: string): Promise<RestoreRow | null> {
  const [row] = await tx.query<RestoreRow & Record<string, unknown>>(
    `update archive_restores set status = 'running', started_at = coalesce(started_at, now()), lease_token = $3,
       lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
     where tenant_id = $1 and id = $2 and status in ('queued', 'running') and next_at <= now() and (lease_until is null or lease_until < now())
     returning ${COLUMNS}`,
    [tx.tenantId, id, token],
  );
  return row ?? null;
}

export interface RestoreProgress {
  /** The object that has been gone through. */
  readonly object: { readonly id: string; readonly day: string };
  readonly matched: number;
  readonly restored: number;
  readonly alreadyThere: number;
}

/** In the transaction that brings the rows back. @returns false when it is no longer ours, or was cancelled. */
export async function moveOn(tx: TenantTx, id: string, token: string, done: RestoreProgress): Promise<boolean> {
  const rows = await tx.query(
    `update archive_restores set done_day = $4, done_object = $5, objects_done = objects_done + 1, matched = matched + $6,
       restored = restored + $7, already_there = already_there + $8, failures = 0, error_code = null,
       lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning 1 as ours`,
    [tx.tenantId, id, token, done.object.day, done.object.id, done.matched, done.restored, done.alreadyThere],
  );
  return rows.length > 0;
}

/** @returns false when it is no longer ours, or was cancelled. */
export async function renewRestore(tx: TenantTx, id: string, token: string): Promise<boolean> {
  const rows = await tx.query(
    `update archive_restores set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning 1 as ours`,
    [tx.tenantId, id, token],
  );
  return rows.length > 0;
}

export async function setTotal(tx: TenantTx, id: string, total: number): Promise<void> {
  await tx.query(`update archive_restores set objects_total = $3 where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    id,
    total,
  ]);
}

export async function endRestore(
  tx: TenantTx,
  id: string,
  token: string,
  end: { status: Extract<RestoreStatus, 'completed' | 'failed'>; missing: number; errorCode: string | null },
): Promise<void> {
  await tx.query(
    `update archive_restores set status = $4, missing = $5, error_code = $6, ended_at = now(), lease_until = null, lease_token = null
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running'`,
    [tx.tenantId, id, token, end.status, end.missing, end.errorCode],
  );
}

/** Tried again later: after 10 s, then longer, up to ten minutes. */
export async function postponeRestore(tx: TenantTx, id: string, token: string, errorCode: string): Promise<void> {
  await tx.query(
    `update archive_restores set failures = failures + 1, error_code = $4, lease_until = null, lease_token = null,
       next_at = now() + make_interval(secs => least(600, 10 * power(2, least(failures, 10))))
     where tenant_id = $1 and id = $2 and lease_token = $3`,
    [tx.tenantId, id, token, errorCode],
  );
}

export interface PlacedObject extends ObjectPlace {
  readonly day: string;
}

/**
 * Objects of events that the selection may have something in, oldest day first and in each day the newest first: what was
 * archived again after it had changed is found before its older self.
 */
export function objectsToRestore(
  tx: TenantTx,
  selection: RestoreSelection,
  after: { day: string; id: string } | null,
): Promise<PlacedObject[]> {
  const range =
    'trackingIds' in selection
      ? `exists (select 1 from unnest($2::uuid[]) wanted where wanted between first_id and last_id
           and to_timestamp(('x' || replace(left(wanted::text, 13), '-', ''))::bit(48)::bigint / 1000.0) at time zone 'UTC' >= o.day
           and to_timestamp(('x' || replace(left(wanted::text, 13), '-', ''))::bit(48)::bigint / 1000.0) at time zone 'UTC' < o.day + 1)
         and $3::text is null`
      : `last_id >= uuid_v7_floor($2::timestamptz) and first_id < uuid_v7_floor($3::timestamptz)`;
  const values = 'trackingIds' in selection ? [selection.trackingIds, null] : [selection.from, selection.to];
  return tx.query<PlacedObject & Record<string, unknown>>(
    `select id, kind, day::text, object_key as "objectKey", key_id as "keyId", filter from archive_objects o
     where tenant_id = $1 and kind = 'events' and ${range}
       and ($4::date is null or day > $4 or (day = $4 and id < $5))
     order by day, id desc`,
    [tx.tenantId, ...values, after?.day ?? null, after?.id ?? null],
  );
}
