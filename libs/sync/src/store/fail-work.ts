import { type ConnectorError } from '@hub/connector-sdk';
import { type TenantTx } from '@hub/tenancy';
import { lockNotices } from '../hooks/hook.repository';
import { type PullVerdict } from '../pull/pull-failure';
import { type HookNotice, type PullLease, type PullWork } from '../pull/pull-store.port';
import { type DailyWindow } from '../schedule/daily-window';
import { nextRunAfterFailure } from '../schedule/schedule';
import { type SyncError } from '../syncs/sync.types';
import { tellHub } from './tell-hub';

const MESSAGE_LENGTH = 500;
/** A record that is refused alone so often is given up: a pull brings its next change. */
const MOST_ATTEMPTS = 4;
const BARRED_DELAY_MS = 15 * 60_000;

export async function writeFailure(
  tx: TenantTx,
  lease: PullLease,
  work: PullWork,
  error: ConnectorError,
  verdict: PullVerdict,
  now: Date,
): Promise<void> {
  const shown = printable(error);
  if (verdict.kind === 'wait') await writeWait(tx, lease, verdict);
  if (work.kind === 'notices') await failNotices(tx, lease, work, shown, verdict);
  else await failPage(tx, lease, work, shown, verdict, now);
}

/** A wait is never shortened. A spent allowance stops deliveries too: the vendor counts both. */
async function writeWait(
  tx: TenantTx,
  lease: PullLease,
  { reason, waitMs }: Extract<PullVerdict, { kind: 'wait' }>,
): Promise<void> {
  const values = [tx.tenantId, lease.target.connectionId, Math.ceil(waitMs)];
  await tx.query(
    `update connection_pulls set resume_at = greatest(resume_at, now() + $3 * interval '1 millisecond'), resume_reason = $4
     where tenant_id = $1 and connection_id = $2`,
    [...values, reason],
  );
  if (reason !== 'rate_limited') return;
  await tx.query(
    `update connection_runtime set
       limited_since = case when resume_at > now() - interval '1 hour' then coalesce(limited_since, now()) else now() end,
       resume_reason = case when resume_at > now() + $3 * interval '1 millisecond' then resume_reason else 'rate_limited' end,
       resume_at = greatest(resume_at, now() + $3 * interval '1 millisecond')
     where tenant_id = $1 and connection_id = $2`,
    values,
  );
}

async function failPage(
  tx: TenantTx,
  lease: PullLease,
  { sync, run }: PullWork,
  error: SyncError,
  verdict: PullVerdict,
  now: Date,
): Promise<void> {
  const ends = verdict.kind === 'fail';
  const counted = ends || verdict.kind === 'retry';
  await tx.query(
    `update sync_runs set error = $3, failures = failures + $4, next_attempt_at = now() + $5 * interval '1 millisecond',
       served_at = clock_timestamp(),
       status = case when $6 then 'failed' else status end, ended_at = case when $6 then now() else ended_at end
     where tenant_id = $1 and id = $2 and status = 'running'`,
    [tx.tenantId, run.id, JSON.stringify(error), counted ? 1 : 0, verdict.kind === 'retry' ? verdict.delayMs : 0, ends],
    'fail_page',
  );
  if (run.kind !== 'scheduled' && run.kind !== 'manual') return;
  const tells = ends || (verdict.kind === 'retry' && verdict.tell);
  await tx.query(
    `update syncs set last_error = $3, failures = failures + $4 where tenant_id = $1 and id = $2`,
    [tx.tenantId, sync.id, JSON.stringify(error), counted ? 1 : 0],
    'note_failure',
  );
  if (tells) await markFailing(tx, lease, sync.id, error);
  if (ends) await putOff(tx, sync.id, now);
}

async function markFailing(tx: TenantTx, lease: PullLease, syncId: string, error: SyncError): Promise<void> {
  const rows = await tx.query(
    `update syncs set status = 'failing' where tenant_id = $1 and id = $2 and status = 'active' returning 1`,
    [tx.tenantId, syncId],
  );
  if (rows.length === 1)
    await tellHub(tx, lease.target.connectionId, 'sync.failing', { sync_id: syncId, error: { ...error } });
}

async function putOff(tx: TenantTx, syncId: string, now: Date): Promise<void> {
  const [sync] = await tx.query<{ interval_seconds: number; daily_window: DailyWindow | null }>(
    `select interval_seconds, daily_window from syncs where tenant_id = $1 and id = $2`,
    [tx.tenantId, syncId],
  );
  if (sync === undefined) return;
  const cadence = { intervalSeconds: sync.interval_seconds, dailyWindow: sync.daily_window };
  await tx.query(`update syncs set next_run_at = $3 where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    syncId,
    nextRunAfterFailure(cadence, now),
  ]);
}

/** Announcements that are as they were when they were read. */
const AS_READ = `unnest($4::text[], $5::int[]) as r(record_id, revision)
       where n.tenant_id = $1 and n.connection_id = $2 and n.object = $3 and n.record_id = r.record_id and n.revision = r.revision`;

/**
 * The announcements stay and are read later. Where one record of a handful is at fault, each goes alone from now on, and
 * the bad one is given up in the end; where the hub lacks a right or a setting, all of them wait for it.
 */
async function failNotices(
  tx: TenantTx,
  lease: PullLease,
  { sync, run, notices }: Extract<PullWork, { kind: 'notices' }>,
  error: SyncError,
  verdict: PullVerdict,
): Promise<void> {
  const isBarred = error.category === 'permission' || error.category === 'config';
  const isSpoilt = verdict.kind === 'fail' && !isBarred;
  const delayMs = isBarred
    ? BARRED_DELAY_MS
    : isSpoilt
      ? 1_000
      : verdict.kind === 'retry'
        ? retryDelay(verdict.delayMs, notices)
        : 0;
  const recordIds = notices.map(({ recordId }) => recordId);
  await lockNotices(tx, lease.target.connectionId, sync.object, recordIds);
  const values = [
    tx.tenantId,
    lease.target.connectionId,
    sync.object,
    recordIds,
    notices.map(({ revision }) => revision),
  ];
  const givenUp = isSpoilt && notices.length === 1 && run.failures + 1 >= MOST_ATTEMPTS;
  // What was announced meanwhile is news, and nothing of it has failed.
  if (givenUp) {
    await tx.query(`delete from hook_notices n using ${AS_READ}`, values);
  } else {
    await tx.query(
      `update hook_notices n set attempts = n.attempts + $6, due_at = now() + $7 * interval '1 millisecond' from ${AS_READ}`,
      [...values, isSpoilt ? 1 : 0, delayMs],
    );
  }
  await tx.query(
    `update sync_runs set status = 'failed', ended_at = now(), error = $3, failed = $4
     where tenant_id = $1 and id = $2 and status = 'running'`,
    [tx.tenantId, run.id, JSON.stringify(error), givenUp ? 1 : 0],
  );
}

/** Grows with how long they have waited: announcements have no failures of their own to count. */
function retryDelay(leastMs: number, notices: readonly HookNotice[]): number {
  const oldest = Math.max(...notices.map(({ ageMs }) => ageMs));
  return Math.max(leastMs, Math.min(oldest / 2, BARRED_DELAY_MS));
}

/** PostgreSQL takes no NUL in JSON; a vendor's message may hold one. */
function printable({ category, code, message }: ConnectorError): SyncError {
  const clean = (text: string): string => text.replaceAll('\0', '\ufffd').slice(0, MESSAGE_LENGTH);
  return { category, code: clean(code), message: clean(message) };
}
