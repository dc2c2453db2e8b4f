import { violatedConstraint } from '@hub/database';
import { err, newUuid, notFound, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { firstOpen } from '../schedule/daily-window';
import { invalidSync } from './sync-rules';
import { type NewSync, type SyncChange, type SyncFilter, type SyncRow } from './sync.types';

const COLUMNS = `s.id, s.name, s.connection_id, s.object, s.mapping_id, s.status, s.interval_seconds, s.daily_window, s.freshness_seconds,
  s.full_every_hours, s.next_full_at,
  s.start_from, s.next_run_at, s.failures, s.last_run_at, s.last_success_at, s.last_error, s.created_at, s.updated_at, now() as read_at,
  (select count(*)::int from hook_notices n where n.tenant_id = s.tenant_id and n.connection_id = s.connection_id and n.object = s.object) as pending_notices,
  exists (select 1 from connection_hooks h where h.tenant_id = s.tenant_id and h.connection_id = s.connection_id) as has_hook`;

/**
 * The first run is due at once: it sets the cursor, from which on no change is missed. What the connector says about object
 * and interval is the caller's to check (`checkSync`).
 */
export async function createSync(tx: TenantTx, sync: NewSync): Promise<Result<SyncRow, Problem>> {
  const usable = await lockTargets(tx, sync.connectionId, sync.mappingId);
  if (!usable.ok) return usable;
  const now = await clock(tx);
  await tx.query(`insert into connection_pulls (tenant_id, connection_id) values ($1, $2) on conflict do nothing`, [
    tx.tenantId,
    sync.connectionId,
  ]);
  try {
    const id = newUuid();
    await tx.query(
      `insert into syncs (tenant_id, id, name, connection_id, object, mapping_id, interval_seconds, daily_window, freshness_seconds, start_from, next_run_at,
                          full_every_hours, next_full_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::int, now() + $12::int * interval '1 hour')`,
      [
        tx.tenantId,
        id,
        sync.name,
        sync.connectionId,
        sync.object,
        sync.mappingId,
        sync.intervalSeconds,
        sync.dailyWindow === null ? null : JSON.stringify(sync.dailyWindow),
        sync.freshnessSeconds,
        sync.startFrom,
        firstOpen(sync.dailyWindow, now),
        sync.fullEveryHours,
      ],
    );
    return ok(await mustFind(tx, id));
  } catch (error) {
    return taken(error);
  }
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listSyncs(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
  filter: SyncFilter = {},
): Promise<SyncRow[]> {
  return tx.query<SyncRow>(
    `select ${COLUMNS} from syncs s
     where s.tenant_id = $1 and s.deleted_at is null and ($2::uuid is null or s.id < $2)
       and ($3::uuid is null or s.connection_id = $3) and ($4::text is null or s.object = $4) and ($5::text is null or s.status = $5)
     order by s.id desc limit $6`,
    [tx.tenantId, page.before, filter.connectionId ?? null, filter.object ?? null, filter.status ?? null, page.limit],
  );
}

export async function findSync(tx: TenantTx, id: string): Promise<SyncRow | null> {
  const [row] = await tx.query<SyncRow>(
    `select ${COLUMNS} from syncs s where s.tenant_id = $1 and s.id = $2 and s.deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/**
 * Holds the sync until the transaction ends, and before it what a pull of its connection holds while it writes: whoever writes
 * runs, notices and syncs in another order would else end in a deadlock with it.
 */
export async function lockSync(tx: TenantTx, id: string): Promise<SyncRow | null> {
  await tx.query(
    `select 1 from connection_pulls where tenant_id = $1
       and connection_id = (select connection_id from syncs where tenant_id = $1 and id = $2) for no key update`,
    [tx.tenantId, id],
  );
  const rows = await tx.query(
    `select id from syncs where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return rows.length === 0 ? null : findSync(tx, id);
}

/** With another cadence the next run is planned anew. After a `name_taken` the transaction can only roll back. */
export async function updateSync(tx: TenantTx, id: string, change: SyncChange): Promise<Result<SyncRow, Problem>> {
  const current = await lockSync(tx, id);
  if (current === null) return err(notFound('sync'));
  const next = {
    name: change.name ?? current.name,
    mappingId: change.mappingId === undefined ? current.mapping_id : change.mappingId,
    intervalSeconds: change.intervalSeconds ?? current.interval_seconds,
    dailyWindow: change.dailyWindow === undefined ? current.daily_window : change.dailyWindow,
    freshnessSeconds: change.freshnessSeconds === undefined ? current.freshness_seconds : change.freshnessSeconds,
    fullEveryHours: change.fullEveryHours === undefined ? current.full_every_hours : change.fullEveryHours,
  };
  if (change.mappingId != null) {
    const usable = await lockTargets(tx, current.connection_id, change.mappingId);
    if (!usable.ok) return usable;
  }
  const replanned = change.intervalSeconds !== undefined || change.dailyWindow !== undefined;
  const latest = new Date(current.read_at.getTime() + next.intervalSeconds * 1_000);
  const planned = current.next_run_at < latest ? current.next_run_at : latest;
  try {
    await tx.query(
      `update syncs set name = $3, mapping_id = $4, interval_seconds = $5, daily_window = $6, freshness_seconds = $7,
         next_run_at = $8, full_every_hours = $9::int,
         next_full_at = case when full_every_hours is not distinct from $9::int then next_full_at else now() + $9::int * interval '1 hour' end,
         updated_at = now() where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        id,
        next.name,
        next.mappingId,
        next.intervalSeconds,
        next.dailyWindow === null ? null : JSON.stringify(next.dailyWindow),
        next.freshnessSeconds,
        replanned ? firstOpen(next.dailyWindow, planned) : current.next_run_at,
        next.fullEveryHours,
      ],
    );
    return ok(await mustFind(tx, id));
  } catch (error) {
    return taken(error);
  }
}

/** Runs end where they are; what they have made stays. */
export async function deleteSync(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  const current = await lockSync(tx, id);
  if (current === null) return err(notFound('sync'));
  await tx.query(`update syncs set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    id,
  ]);
  await tx.query(
    `update sync_runs set status = 'cancelled', ended_at = now() where tenant_id = $1 and sync_id = $2 and status in ('queued', 'running')`,
    [tx.tenantId, id],
  );
  await tx.query(`delete from hook_notices where tenant_id = $1 and connection_id = $2 and object = $3`, [
    tx.tenantId,
    current.connection_id,
    current.object,
  ]);
  return ok(null);
}

/** Nothing more is begun; the page under way is finished. Runs and announced changes wait. */
export async function pauseSync(tx: TenantTx, id: string): Promise<Result<SyncRow, Problem>> {
  const rows = await tx.query(
    `update syncs set status = 'paused', updated_at = case status when 'paused' then updated_at else now() end
     where tenant_id = $1 and id = $2 and deleted_at is null returning 1`,
    [tx.tenantId, id],
  );
  return rows.length === 0 ? err(notFound('sync')) : ok(await mustFind(tx, id));
}

/** Goes on from the stored cursors: what has changed meanwhile is caught up with. */
export async function resumeSync(tx: TenantTx, id: string): Promise<Result<SyncRow, Problem>> {
  const current = await lockSync(tx, id);
  if (current === null) return err(notFound('sync'));
  if (current.status === 'paused') {
    // A connection may be deleted while only paused syncs use it, so resuming asks again, and holds a deletion off.
    const usable = await lockTargets(tx, current.connection_id, null);
    if (!usable.ok) return usable;
    await tx.query(
      `update syncs set status = 'active', failures = 0, next_run_at = $3, updated_at = now() where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, firstOpen(current.daily_window, current.read_at)],
    );
  }
  return ok(await mustFind(tx, id));
}

async function mustFind(tx: TenantTx, id: string): Promise<SyncRow> {
  const row = await findSync(tx, id);
  if (row === null) throw new Error('a locked sync is gone');
  return row;
}

async function clock(tx: TenantTx): Promise<Date> {
  const [row] = await tx.query<{ now: Date }>('select now() as now');
  if (row === undefined) throw new Error('the database has no clock');
  return row.now;
}

/** The key-share locks hold off a deletion of connection or mapping until the sync is committed, and nothing else. */
async function lockTargets(
  tx: TenantTx,
  connectionId: string,
  mappingId: string | null,
): Promise<Result<null, Problem>> {
  const faults: InputFault[] = [];
  const connections = await tx.query(
    `select id from connections where tenant_id = $1 and id = $2 and deleted_at is null for key share`,
    [tx.tenantId, connectionId],
  );
  if (connections.length === 0) faults.push(unknown('connection'));
  if (mappingId !== null) {
    const mappings = await tx.query(
      `select id from mappings where tenant_id = $1 and id = $2 and deleted_at is null for key share`,
      [tx.tenantId, mappingId],
    );
    if (mappings.length === 0) faults.push(unknown('mapping'));
  }
  return faults.length === 0 ? ok(null) : err(invalidSync(faults));
}

function unknown(what: 'connection' | 'mapping'): InputFault {
  return { pointer: `/${what}_id`, code: `unknown_${what}`, message: `There is no such ${what}` };
}

function taken(error: unknown): Result<never, Problem> {
  const constraint = violatedConstraint(error);
  if (constraint === 'syncs_name') {
    const fault = { pointer: '/name', code: 'name_taken', message: 'Another sync has this name' };
    return err(problem('conflict', 'name_taken', 'Another sync has this name.', { faults: [fault] }));
  }
  if (constraint === 'syncs_object') {
    const fault = { pointer: '/object', code: 'object_synced', message: 'Another sync pulls this object' };
    return err(
      problem('conflict', 'object_synced', 'Another sync pulls this object of the connection.', { faults: [fault] }),
    );
  }
  throw error;
}
