import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { newUuid, type JsonObject } from '@hub/platform';
import { type NoticesDone, type PageDone, type PullLease, type PullWork } from '../pull/pull-store.port';
import { type PageCounts } from '../pull/puller.ports';
import { type DailyWindow } from '../schedule/daily-window';
import { nextRunAt } from '../schedule/schedule';
import { lockNotices } from '../hooks/hook.repository';
import { tellHub } from './tell-hub';

/** Runs of a sync that are kept, so that a sync which runs each minute does not fill the database. */
const RUNS_KEPT = 1_000;
/** A flood of changes that goes on for hours must not make one listing after the other. */
const LISTINGS_APART = '10 minutes';

const COUNTS = `records_seen = records_seen + $3, events_made = events_made + $4, duplicates = duplicates + $5, echoes = echoes + $6,
  unchanged = unchanged + $7, unmapped = unmapped + $8, failed = failed + $9, pages = pages + 1`;

export async function writePage(
  tx: TenantTx,
  lease: PullLease,
  { sync, run }: PullWork,
  done: PageDone,
  now: Date,
): Promise<void> {
  const rows = await tx.query(
    `update sync_runs set ${COUNTS}, cursor_after = coalesce($10::jsonb, cursor_after), phase = $11, missing_after = $12,
       status = case when $13 then 'succeeded' else 'running' end, ended_at = case when $13 then now() end,
       next_attempt_at = now(), served_at = clock_timestamp(), failures = 0, error = null
     where tenant_id = $1 and id = $2 and status = 'running' returning 1`,
    [
      tx.tenantId,
      run.id,
      ...countValues(done.counts),
      jsonOf(done.cursor),
      done.phase,
      done.missingAfter,
      done.runDone,
    ],
    'finish_page',
  );
  // The sync was deleted meanwhile. Its events are made; nobody will ask for the cursor.
  if (rows.length === 0) return;
  if (run.kind === 'scheduled' || run.kind === 'manual') {
    await tx.query(
      `update syncs set cursor = coalesce($3::jsonb, cursor), failures = 0 where tenant_id = $1 and id = $2`,
      [tx.tenantId, sync.id, jsonOf(done.cursor)],
      'move_cursor',
    );
    if (done.runDone) await writeSuccess(tx, lease, sync.id, now);
  }
  if (done.needsListing) await planListing(tx, sync.id);
  if (done.runDone) await pruneRuns(tx, sync.id);
}

async function writeSuccess(tx: TenantTx, lease: PullLease, syncId: string, now: Date): Promise<void> {
  const [sync] = await tx.query<{
    interval_seconds: number;
    daily_window: DailyWindow | null;
    next_run_at: Date;
    status: string;
  }>(
    `select interval_seconds, daily_window, next_run_at, status from syncs where tenant_id = $1 and id = $2`,
    [tx.tenantId, syncId],
    'read_cadence',
  );
  if (sync === undefined) return;
  const cadence = { intervalSeconds: sync.interval_seconds, dailyWindow: sync.daily_window };
  await tx.query(
    `update syncs set last_success_at = now(), last_error = null, next_run_at = $3,
       status = case status when 'failing' then 'active' else status end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, syncId, nextRunAt(cadence, sync.next_run_at, now)],
    'note_success',
  );
  if (sync.status === 'failing') await tellHub(tx, lease.target.connectionId, 'sync.recovered', { sync_id: syncId });
}

export async function writeNotices(
  tx: TenantTx,
  lease: PullLease,
  { sync, run }: PullWork,
  done: NoticesDone,
): Promise<void> {
  const key = [tx.tenantId, lease.target.connectionId, sync.object];
  const { settled, retry } = done;
  const ids = [...settled, ...retry.map(({ notice }) => notice)].map(({ recordId }) => recordId);
  await lockNotices(tx, lease.target.connectionId, sync.object, ids);
  // One that was announced again meanwhile has another revision: it stays, and is read again.
  await queryJoined(
    tx,
    done.settled.length,
    `delete from hook_notices n using unnest($4::text[], $5::int[]) as s(record_id, revision)
     where n.tenant_id = $1 and n.connection_id = $2 and n.object = $3 and n.record_id = any($4::text[])
       and n.record_id = s.record_id and n.revision = s.revision`,
    [...key, done.settled.map(({ recordId }) => recordId), done.settled.map(({ revision }) => revision)],
    'settle_notices',
  );
  for (const { notice, delayMs } of done.retry) {
    await tx.query(
      `update hook_notices set attempts = attempts + 1, due_at = now() + $5 * interval '1 millisecond'
       where tenant_id = $1 and connection_id = $2 and object = $3 and record_id = $4 and revision = $6`,
      [...key, notice.recordId, delayMs, notice.revision],
      'put_off_notice',
    );
  }
  if (done.pullInstead)
    await tx.query(`update syncs set next_run_at = now() where tenant_id = $1 and id = $2`, [tx.tenantId, sync.id]);
  await tx.query(
    `update sync_runs set ${COUNTS}, status = 'succeeded', ended_at = now() where tenant_id = $1 and id = $2 and status = 'running'`,
    [tx.tenantId, run.id, ...countValues(done.counts)],
    'finish_hook_run',
  );
  await pruneRuns(tx, sync.id);
}

/**
 * Brings the next listing of every record forward. One under way may have passed what is gone meanwhile, so another follows
 * it, a while after it began; where none are planned, it begins anew.
 */
async function planListing(tx: TenantTx, syncId: string): Promise<void> {
  const planned = await tx.query(
    `update syncs s set next_full_at = least(next_full_at, greatest(now(),
       (select max(r.started_at) from sync_runs r where r.tenant_id = $1 and r.sync_id = $2 and r.kind = 'full')
         + interval '${LISTINGS_APART}'))
     where tenant_id = $1 and id = $2 and full_every_hours is not null returning 1`,
    [tx.tenantId, syncId],
    'bring_listing_forward',
  );
  if (planned.length > 0) return;
  const restarted = await tx.query(
    `update sync_runs set status = 'queued', started_at = null, cursor_after = null, phase = 'listing', missing_after = null,
       records_seen = 0, next_attempt_at = now()
     where tenant_id = $1 and sync_id = $2 and kind = 'full' and status in ('queued', 'running') returning 1`,
    [tx.tenantId, syncId],
    'restart_listing',
  );
  if (restarted.length > 0) return;
  await tx.query(
    `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status)
     select tenant_id, $3, id, connection_id, 'full', 'queued' from syncs where tenant_id = $1 and id = $2`,
    [tx.tenantId, syncId, newUuid()],
    'ask_for_listing',
  );
}

async function pruneRuns(tx: TenantTx, syncId: string): Promise<void> {
  await tx.query(
    `delete from sync_runs where tenant_id = $1 and sync_id = $2 and status not in ('queued', 'running')
       and id < (select id from sync_runs where tenant_id = $1 and sync_id = $2 order by id desc offset ${RUNS_KEPT} limit 1)`,
    [tx.tenantId, syncId],
    'prune_runs',
  );
}

function countValues(counts: PageCounts): number[] {
  return [counts.seen, counts.made, counts.duplicates, counts.echoes, counts.unchanged, counts.unmapped, counts.failed];
}

function jsonOf(value: JsonObject | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
