import { err, newUuid, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { lockSync } from './sync.repository';
import { type RunFilter, type RunRequest, type SyncRunRow } from './sync.types';

const COLUMNS = `id, sync_id, kind, status, phase, from_at, created_at, started_at, ended_at, next_attempt_at, failures, pages,
  records_seen, events_made, duplicates, echoes, unchanged, unmapped, failed, error, cursor_before, cursor_after, now() as read_at`;

/** Newest first. */
export async function listSyncRuns(
  tx: TenantTx,
  syncId: string,
  page: { readonly limit: number; readonly before: string | null },
  filter: RunFilter = {},
): Promise<SyncRunRow[]> {
  return tx.query<SyncRunRow>(
    `select ${COLUMNS} from sync_runs
     where tenant_id = $1 and sync_id = $2 and ($3::uuid is null or id < $3)
       and ($4::text is null or kind = $4) and ($5::text is null or status = $5)
     order by id desc limit $6`,
    [tx.tenantId, syncId, page.before, filter.kind ?? null, filter.status ?? null, page.limit],
  );
}

export async function findSyncRun(tx: TenantTx, syncId: string, id: string): Promise<SyncRunRow | null> {
  const [row] = await tx.query<SyncRunRow>(
    `select ${COLUMNS} from sync_runs where tenant_id = $1 and sync_id = $2 and id = $3`,
    [tx.tenantId, syncId, id],
  );
  return row ?? null;
}

export interface PulledCountRow {
  sync_id: string;
  runs: number;
  failed_runs: number;
  events: number;
  /** Records that could not be taken. */
  failed: number;
}

/** What the runs that were begun since then have brought so far, by sync. */
export async function countPulled(tx: TenantTx, since: Date): Promise<PulledCountRow[]> {
  return tx.query<PulledCountRow & Record<string, unknown>>(
    `select sync_id, count(*)::int as runs, count(*) filter (where status = 'failed')::int as failed_runs,
            sum(events_made)::int as events, sum(failed)::int as failed
     from sync_runs where tenant_id = $1 and id >= uuid_v7_floor($2::timestamptz) group by sync_id`,
    [tx.tenantId, since],
    'count_pulled',
  );
}

export interface PulledHourRow {
  connection_id: string;
  hour: Date;
  /** New events that runs begun within the hour have made. */
  events: number;
}

export async function countPulledByHour(tx: TenantTx, since: Date): Promise<PulledHourRow[]> {
  return tx.query<PulledHourRow & Record<string, unknown>>(
    `select connection_id, date_trunc('hour', created_at, 'UTC') as hour, sum(events_made)::int as events
     from sync_runs where tenant_id = $1 and id >= uuid_v7_floor($2::timestamptz) and events_made > 0 group by 1, 2`,
    [tx.tenantId, since],
    'count_pulled_by_hour',
  );
}

export interface RequestedRun {
  readonly run: SyncRunRow;
  readonly connectionId: string;
}

/**
 * Asks for a run. Changes that are being pulled already are not pulled twice: the answer is the run that is under way,
 * made due at once. Beside another back-fill or listing of the sync a second one is a `run_under_way` conflict.
 */
export async function requestRun(
  tx: TenantTx,
  syncId: string,
  request: RunRequest,
): Promise<Result<RequestedRun, Problem>> {
  const sync = await lockSync(tx, syncId);
  if (sync === null) return err(notFound('sync'));
  if (sync.status === 'paused') return err(problem('conflict', 'sync_paused', 'The sync is paused: resume it first.'));
  const open = await findOpen(tx, syncId, request.kind);
  if (open !== null && request.kind !== 'manual') {
    const detail = `A ${request.kind} run of this sync is under way.`;
    return err(problem('conflict', 'run_under_way', detail, { extra: { run_status: open.status } }));
  }
  const run = open === null ? await insertRun(tx, sync, request) : await hasten(tx, open.id);
  return ok({ run, connectionId: sync.connection_id });
}

type OpenRun = SyncRunRow & { readonly status: 'queued' | 'running' };

async function findOpen(tx: TenantTx, syncId: string, kind: RunRequest['kind']): Promise<OpenRun | null> {
  const [row] = await tx.query<OpenRun>(
    `select ${COLUMNS} from sync_runs
     where tenant_id = $1 and sync_id = $2 and status in ('queued', 'running') and kind = any ($3::text[])`,
    [tx.tenantId, syncId, kind === 'manual' ? ['scheduled', 'manual'] : [kind]],
  );
  return row ?? null;
}

/** A run that waits for its window or its retry is now a person's wish. */
async function hasten(tx: TenantTx, id: string): Promise<SyncRunRow> {
  const [row] = await tx.query<SyncRunRow>(
    `update sync_runs set kind = 'manual', next_attempt_at = now() where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
    [tx.tenantId, id],
  );
  if (row === undefined) throw new Error('an open run is gone');
  return row;
}

async function insertRun(
  tx: TenantTx,
  sync: { readonly id: string; readonly connection_id: string },
  request: RunRequest,
): Promise<SyncRunRow> {
  const [row] = await tx.query<SyncRunRow>(
    `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status, from_at, allow_deletions, cursor_before, cursor_after)
     select s.tenant_id, $3, s.id, s.connection_id, $4, 'queued', $5, $6,
            case when $4 = 'manual' then s.cursor end, case when $4 = 'manual' then s.cursor end
     from syncs s where s.tenant_id = $1 and s.id = $2 returning ${COLUMNS}`,
    [
      tx.tenantId,
      sync.id,
      newUuid(),
      request.kind,
      request.kind === 'backfill' ? request.from : null,
      request.kind === 'full' && request.allowDeletions === true,
    ],
  );
  if (row === undefined) throw new Error('a locked sync is gone');
  return row;
}
