import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { COUNTS, REPLAY_COLUMNS } from './replay.repository';
import { type ReplayRow } from './replay.types';

/** How long whoever works on a replay may be silent before another takes over. Renewed every third of it. */
export const REPLAY_LEASE_MS = 10_000;
/** After a failure of ours, doubled with each in a row up to a minute. */
const FIRST_PAUSE_S = 2;
const LONGEST_PAUSE_S = 60;
/** Failures of ours in a row after which somebody has to look. */
const MOST_FAILURES = 20;

export interface ReplayTarget {
  readonly tenantId: string;
  readonly replayId: string;
}

/** The right to work on one replay: whatever is written takes effect only while the row still carries the token. */
export interface ReplayLease extends ReplayTarget {
  readonly token: string;
}

/** A replay as its holder sees it. */
export interface HeldReplay extends ReplayRow {
  /** Until its pace lets it go on; 0 for now. */
  due_in_ms: number;
}

const DUE_IN = `greatest(0, ceil(extract(epoch from r.next_slice_at - now()) * 1000))::int as due_in_ms`;
const OPEN = `('queued', 'running', 'cancelling')`;

/** Null when it has ended, or somebody else has it. */
export async function takeReplay(tx: TenantTx, target: ReplayTarget, worker: string): Promise<ReplayLease | null> {
  const token = newUuid();
  const rows = await tx.query(
    `update replays set lease_token = $3, lease_worker = $4, lease_until = now() + ${REPLAY_LEASE_MS} * interval '1 millisecond',
       status = case status when 'queued' then 'running' else status end, started_at = coalesce(started_at, now())
     where tenant_id = $1 and id = $2 and status in ${OPEN} and (lease_token is null or lease_until < now()) returning 1`,
    [tx.tenantId, target.replayId, token, worker],
    'take_replay',
  );
  return rows.length === 0 ? null : { ...target, token };
}

/** Keeps the lease and locks the row until the transaction ends; null when it is lost: write nothing then. */
export async function holdReplay(tx: TenantTx, lease: ReplayLease): Promise<HeldReplay | null> {
  const [row] = await tx.query<HeldReplay & Record<string, unknown>>(
    `update replays r set lease_until = now() + ${REPLAY_LEASE_MS} * interval '1 millisecond'
     where tenant_id = $1 and id = $2 and lease_token = $3 returning ${REPLAY_COLUMNS}, ${DUE_IN}`,
    [tx.tenantId, lease.replayId, lease.token],
    'hold_replay',
  );
  return row ?? null;
}

/** In the transaction that has made the step; it is what the pace is measured by, across restarts. */
export async function setNextSlice(tx: TenantTx, replayId: string, waitMs: number): Promise<void> {
  await tx.query(
    `update replays set failures = 0, next_slice_at = now() + $3 * interval '1 millisecond' where tenant_id = $1 and id = $2`,
    [tx.tenantId, replayId, waitMs],
    'set_next_slice',
  );
}

export async function releaseReplay(tx: TenantTx, lease: ReplayLease): Promise<void> {
  await tx.query(
    `update replays set lease_token = null, lease_until = null, lease_worker = null
     where tenant_id = $1 and id = $2 and lease_token = $3`,
    [tx.tenantId, lease.replayId, lease.token],
    'release_replay',
  );
}

/** A step failed inside the hub: it is tried again after a growing while, and given up when it never works. */
export async function releaseFailed(tx: TenantTx, lease: ReplayLease): Promise<void> {
  const error = {
    code: 'hub_internal',
    message: 'The hub itself failed at it time and again; its operator has the log.',
  };
  await tx.query(
    `update replays r set lease_token = null, lease_until = null, lease_worker = null, failures = failures + 1,
       next_slice_at = now() + least(${LONGEST_PAUSE_S}, ${FIRST_PAUSE_S} * power(2, least(failures, 10))) * interval '1 second',
       status = case when failures + 1 < ${MOST_FAILURES} then status else 'failed' end,
       error = case when failures + 1 < ${MOST_FAILURES} then error else $4::jsonb end,
       ended_at = case when failures + 1 < ${MOST_FAILURES} then ended_at else now() end
     where tenant_id = $1 and id = $2 and lease_token = $3`,
    [tx.tenantId, lease.replayId, lease.token, JSON.stringify(error)],
  );
}

/** Ends it, with its items counted as they are now. */
export async function endReplay(tx: TenantTx, replay: ReplayRow): Promise<void> {
  const status = replay.status === 'cancelling' ? 'cancelled' : 'completed';
  await tx.query(
    `update replays r set status = $3, ended_at = now(), counts = (${COUNTS}),
       lease_token = null, lease_until = null, lease_worker = null
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, replay.id, status],
    'end_replay',
  );
  await tx.query(
    `insert into hub_events (tenant_id, id, type, data)
     select r.tenant_id, uuid_v7(), 'replay.' || r.status, jsonb_build_object('replay_id', r.id, 'action', r.action, 'counts', r.counts)::text
     from replays r where r.tenant_id = $1 and r.id = $2`,
    [tx.tenantId, replay.id],
    'tell_replay_end',
  );
}
