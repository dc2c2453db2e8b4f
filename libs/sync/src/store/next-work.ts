import { type PulledChange } from '@hub/connector-sdk';
import { newUuid, type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type PullLease, type PullWork, type WorkRun } from '../pull/pull-store.port';
import { firstOpen, isOpen, type DailyWindow } from '../schedule/daily-window';
import { type RunKind, type RunPhase } from '../syncs/sync.types';

const NOTICES_AT_ONCE = 100;

interface SyncColumns {
  sync_id: string;
  object: string;
  mapping_id: string | null;
}

interface RunColumns extends SyncColumns {
  run_id: string;
  kind: RunKind;
  phase: RunPhase;
  cursor: JsonObject | null;
  since: Date | null;
  started_at: Date;
  missing_after: string | null;
  records_seen: number;
  allow_deletions: boolean;
  failures: number;
  daily_window: DailyWindow | null;
}

/** Announced records of one object. One that could not be read goes alone, so that it cannot spoil the others' turn. */
export async function nextNotices(tx: TenantTx, lease: PullLease): Promise<PullWork | null> {
  const { connectionId } = lease.target;
  const [sync] = await tx.query<SyncColumns & { attempts: number }>(
    `select s.id as sync_id, s.object, s.mapping_id, n.attempts
     from hook_notices n
     join syncs s on s.tenant_id = n.tenant_id and s.connection_id = n.connection_id and s.object = n.object
       and s.deleted_at is null and s.status <> 'paused'
     where n.tenant_id = $1 and n.connection_id = $2 and n.due_at <= now() order by n.attempts, n.due_at limit 1`,
    [tx.tenantId, connectionId],
    'next_noticed_object',
  );
  if (sync === undefined) return null;
  const rows = await tx.query<{
    record_id: string;
    change: PulledChange;
    carry: boolean;
    revision: number;
    attempts: number;
    age_ms: string;
  }>(
    `select record_id, change, carry, revision, attempts, extract(epoch from now() - received_at) * 1000 as age_ms
     from hook_notices
     where tenant_id = $1 and connection_id = $2 and object = $3 and attempts = $4 and due_at <= now()
     order by due_at limit $5`,
    [tx.tenantId, connectionId, sync.object, sync.attempts, sync.attempts === 0 ? NOTICES_AT_ONCE : 1],
    'next_notices',
  );
  const [run] = await tx.query<{ id: string; started_at: Date }>(
    `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status, started_at)
     values ($1, $2, $3, $4, 'hook', 'running', now()) returning id, started_at`,
    [tx.tenantId, newUuid(), sync.sync_id, connectionId],
    'start_hook_run',
  );
  if (run === undefined) throw new Error('a run was inserted and is not there');
  return {
    kind: 'notices',
    sync: { id: sync.sync_id, object: sync.object, mappingId: sync.mapping_id },
    run: { ...BLANK_RUN, id: run.id, startedAt: run.started_at, failures: sync.attempts },
    notices: rows.map((row) => ({
      recordId: row.record_id,
      change: row.change,
      carry: row.carry,
      revision: row.revision,
      attempts: row.attempts,
      ageMs: Number(row.age_ms),
    })),
  };
}

const BLANK_RUN: Omit<WorkRun, 'id' | 'startedAt'> = {
  kind: 'hook',
  mode: 'changes',
  phase: 'listing',
  cursor: null,
  since: null,
  missingAfter: null,
  recordsSeen: 0,
  allowDeletions: false,
  failures: 0,
};

/** Begins the scheduled runs that are due. One whose window has closed meanwhile waits for the next. */
export async function beginDueRuns(tx: TenantTx, lease: PullLease, now: Date): Promise<void> {
  const due = await tx.query<{ id: string; daily_window: DailyWindow | null }>(
    `select s.id, s.daily_window from syncs s
     where s.tenant_id = $1 and s.connection_id = $2 and s.deleted_at is null and s.status <> 'paused' and s.next_run_at <= now()
       and not exists (select 1 from sync_runs o where o.tenant_id = s.tenant_id and o.sync_id = s.id
                         and o.status in ('queued', 'running') and o.kind in ('scheduled', 'manual'))`,
    [tx.tenantId, lease.target.connectionId],
    'due_syncs',
  );
  for (const sync of due) {
    if (isOpen(sync.daily_window, now)) await insertScheduled(tx, sync.id);
    else {
      await tx.query(`update syncs set next_run_at = $3 where tenant_id = $1 and id = $2`, [
        tx.tenantId,
        sync.id,
        firstOpen(sync.daily_window, now),
      ]);
    }
  }
}

/**
 * Begins the listings of every record that are due: what changes alone do not show (records that went over to another in
 * a merge, deletions that a vendor does not tell) is found by them. They keep to the window as changes do.
 */
export async function beginDueListings(tx: TenantTx, lease: PullLease, now: Date): Promise<void> {
  const due = await tx.query<{ id: string; daily_window: DailyWindow | null }>(
    `select s.id, s.daily_window from syncs s
     where s.tenant_id = $1 and s.connection_id = $2 and s.deleted_at is null and s.status <> 'paused' and s.next_full_at <= now()
       and not exists (select 1 from sync_runs o where o.tenant_id = s.tenant_id and o.sync_id = s.id
                         and o.status in ('queued', 'running') and o.kind = 'full')`,
    [tx.tenantId, lease.target.connectionId],
    'due_listings',
  );
  for (const { id } of due.filter(({ daily_window: window }) => isOpen(window, now))) {
    await tx.query(
      `with planned as (
         update syncs set next_full_at = now() + full_every_hours * interval '1 hour' where tenant_id = $1 and id = $2
         returning tenant_id, id, connection_id
       )
       insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status)
       select tenant_id, $3, id, connection_id, 'full', 'queued' from planned`,
      [tx.tenantId, id, newUuid()],
      'begin_listing',
    );
  }
}

async function insertScheduled(tx: TenantTx, syncId: string): Promise<void> {
  await tx.query(
    `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status, cursor_before, cursor_after)
     select tenant_id, $3, id, connection_id, 'scheduled', 'queued', cursor, cursor from syncs where tenant_id = $1 and id = $2
     on conflict do nothing`,
    [tx.tenantId, syncId, newUuid()],
    'begin_scheduled_run',
  );
}

/** Changes before back-fills and listings; among equals the one that has waited longest, so that none starves another. */
export async function nextPage(tx: TenantTx, lease: PullLease, now: Date): Promise<PullWork | null> {
  for (;;) {
    const [row] = await tx.query<RunColumns>(
      `select r.id as run_id, r.kind, r.phase, r.missing_after, r.records_seen, r.allow_deletions, r.failures, s.id as sync_id,
              s.object, s.mapping_id, s.daily_window, coalesce(r.started_at, now()) as started_at,
              case when r.kind in ('scheduled', 'manual') then s.cursor else r.cursor_after end as cursor,
              case r.kind when 'backfill' then r.from_at when 'full' then null else s.start_from end as since
       from sync_runs r join syncs s on s.tenant_id = r.tenant_id and s.id = r.sync_id
       where r.tenant_id = $1 and r.connection_id = $2 and r.status in ('queued', 'running') and r.kind <> 'hook'
         and r.next_attempt_at <= now() and s.deleted_at is null and s.status <> 'paused'
       order by r.kind in ('backfill', 'full'), r.served_at limit 1`,
      [tx.tenantId, lease.target.connectionId],
      'next_run',
    );
    if (row === undefined) return null;
    // What a person asked for is done at once; what the clock asks for keeps to the window, in the middle of a run too.
    if (row.kind !== 'scheduled' || isOpen(row.daily_window, now)) return startPage(tx, row);
    await tx.query(`update sync_runs set next_attempt_at = $3 where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      row.run_id,
      firstOpen(row.daily_window, now),
    ]);
  }
}

async function startPage(tx: TenantTx, row: RunColumns): Promise<PullWork> {
  await tx.query(
    `with started as (
       update sync_runs set status = 'running', started_at = coalesce(started_at, now()), served_at = clock_timestamp()
       where tenant_id = $1 and id = $2 returning sync_id
     )
     update syncs set last_run_at = now() where tenant_id = $1 and id in (select sync_id from started)`,
    [tx.tenantId, row.run_id],
    'start_page',
  );
  return {
    kind: 'page',
    sync: { id: row.sync_id, object: row.object, mappingId: row.mapping_id },
    run: {
      id: row.run_id,
      kind: row.kind,
      mode: row.kind === 'full' ? 'full' : 'changes',
      phase: row.phase,
      cursor: row.cursor,
      since: row.since?.toISOString() ?? null,
      startedAt: row.started_at,
      missingAfter: row.missing_after,
      recordsSeen: row.records_seen,
      allowDeletions: row.allow_deletions,
      failures: row.failures,
    },
  };
}
