import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type LookupTables } from '../mapping.types';
import { type PayloadSeal } from '../sealing/payload-seals';
import { type BacktestStatus, type BacktestTotals, type NewBacktestItem, type StoppedBecause } from './backtest.types';

/** Renewed by whoever works on it; a process that falls silent loses it after this. */
export const BACKTEST_LEASE_SECONDS = 8;
/** A back-test that kills whoever works on it is given up. */
const MOST_INTERRUPTIONS = 5;

/** A back-test in the hands of one process, for one step. */
export interface ClaimedBacktest {
  readonly id: string;
  readonly mappingId: string;
  readonly token: string;
  readonly expression: string;
  readonly tables: LookupTables;
  readonly baseVersion: number;
  /** Comparisons at most. */
  readonly wanted: number;
  readonly routeIds: readonly string[] | null;
  readonly beforeId: string;
  readonly examined: number;
  readonly tested: number;
  readonly totals: BacktestTotals;
  readonly slowRuns: number;
  readonly workedMs: number;
  /** Since it was asked for, by the database's clock. */
  readonly ageMs: number;
}

interface ClaimRow {
  id: string;
  mapping_id: string;
  expression: string;
  tables: LookupTables;
  base_version: number;
  wanted: number;
  route_ids: string[] | null;
  before_id: string;
  examined: number;
  tested: number;
  totals: BacktestTotals;
  slow_runs: number;
  worked_ms: number;
  age_ms: number;
  interruptions: number;
}

/**
 * Takes one step of a back-test on, unless somebody is at it. A lease that has run out belonged to a process that died or
 * froze in the middle of a step: what it had not saved is done again. The fifth time the back-test ends as interrupted.
 */
export async function claimBacktest(tx: TenantTx, id: string): Promise<ClaimedBacktest | null> {
  const token = newUuid();
  const [row] = await tx.query<ClaimRow & Record<string, unknown>>(
    `update mapping_backtests set status = 'running', started_at = coalesce(started_at, now()), served_at = now(),
            lease_token = $3, lease_until = now() + make_interval(secs => $4),
            interruptions = interruptions + case when lease_until is null then 0 else 1 end
     where tenant_id = $1 and id = $2 and status in ('queued', 'running') and (lease_until is null or lease_until < now())
     returning id, mapping_id, expression, tables, base_version, wanted, route_ids, before_id, examined, tested, totals, slow_runs,
       worked_ms, (extract(epoch from now() - created_at) * 1000)::bigint as age_ms, interruptions`,
    [tx.tenantId, id, token, BACKTEST_LEASE_SECONDS],
  );
  if (row === undefined) return null;
  if (row.interruptions >= MOST_INTERRUPTIONS) {
    const message = 'It was interrupted again and again. What was compared until then is in the report.';
    await endBacktest(tx, id, token, { status: 'failed', error: { code: 'interrupted', message } });
    return null;
  }
  return {
    id: row.id,
    mappingId: row.mapping_id,
    token,
    expression: row.expression,
    tables: row.tables,
    baseVersion: row.base_version,
    wanted: row.wanted,
    routeIds: row.route_ids,
    beforeId: row.before_id,
    examined: row.examined,
    tested: row.tested,
    totals: row.totals,
    slowRuns: row.slow_runs,
    workedMs: row.worked_ms,
    ageMs: row.age_ms,
  };
}

/** @returns false when it has been cancelled, or taken over by another process. */
export async function renewBacktest(tx: TenantTx, id: string, token: string): Promise<boolean> {
  const rows = await tx.query(
    `update mapping_backtests set lease_until = now() + make_interval(secs => $4)
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning id`,
    [tx.tenantId, id, token, BACKTEST_LEASE_SECONDS],
  );
  return rows.length > 0;
}

export interface BacktestStep {
  readonly items: readonly NewBacktestItem[];
  readonly beforeId: string;
  readonly examined: number;
  readonly totals: BacktestTotals;
  readonly slowRuns: number;
  readonly workedMs: number;
  /** Null: there is more to do. */
  readonly end: BacktestEnd | null;
}

export type BacktestEnd =
  | { readonly status: 'succeeded'; readonly stoppedBecause: StoppedBecause | null }
  | { readonly status: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly status: 'cancelled' };

/**
 * Keeps a step and how far it has got in one transaction, so that a crash repeats a step whole or not at all.
 * @returns false, and keeps nothing, when the back-test is no longer this process's.
 */
export async function saveBacktestStep(
  tx: TenantTx,
  seal: PayloadSeal,
  { id, token, tested }: ClaimedBacktest,
  step: BacktestStep,
): Promise<boolean> {
  const rows = await tx.query(
    `update mapping_backtests set before_id = $4, examined = $5, tested = $6, totals = $7, slow_runs = $8, worked_ms = $9,
            lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning id`,
    [
      tx.tenantId,
      id,
      token,
      step.beforeId,
      step.examined,
      tested + step.items.length,
      JSON.stringify(step.totals),
      step.slowRuns,
      step.workedMs,
    ],
  );
  if (rows.length === 0) return false;
  await insertItems(tx, seal, id, tested, step.items);
  if (step.end !== null) await endBacktest(tx, id, null, step.end);
  return true;
}

/** @param token of the claim; null in the transaction that has just given it back. */
async function endBacktest(tx: TenantTx, id: string, token: string | null, end: BacktestEnd): Promise<void> {
  const status: BacktestStatus = end.status;
  await tx.query(
    `update mapping_backtests set status = $4, stopped_because = $5, error = $6, ended_at = now(), lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and lease_token is not distinct from $3::uuid and status = 'running'`,
    [
      tx.tenantId,
      id,
      token,
      status,
      end.status === 'succeeded' ? end.stoppedBecause : null,
      end.status === 'failed' ? JSON.stringify(end.error) : null,
    ],
  );
}

/** Gives a claim back before its step is done: the process is stopping, or the engine is full. It is no interruption. */
export async function releaseBacktest(tx: TenantTx, id: string, token: string): Promise<void> {
  await tx.query(
    `update mapping_backtests set lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running'`,
    [tx.tenantId, id, token],
  );
}

/** It cannot be worked on now: others have their turn. After `mostAgeMs` since it was asked for, it ends with the error. */
export async function passOverBacktest(
  tx: TenantTx,
  id: string,
  mostAgeMs: number,
  error: { readonly code: string; readonly message: string },
): Promise<void> {
  await tx.query(
    `update mapping_backtests b set served_at = now(), status = case when w.is_over then 'failed' else b.status end,
       error = case when w.is_over then $4::jsonb end, ended_at = case when w.is_over then now() end
     from (select id, created_at < now() - $3 * interval '1 millisecond' as is_over from mapping_backtests where tenant_id = $1 and id = $2) w
     where b.tenant_id = $1 and b.id = w.id and b.status in ('queued', 'running') and (b.lease_until is null or b.lease_until < now())`,
    [tx.tenantId, id, mostAgeMs, JSON.stringify(error)],
  );
}

/** Reports hold parts of payloads, which are not kept for ever. One that is under way is left alone. */
export async function deleteBacktest(tx: TenantTx, id: string): Promise<void> {
  const ended = await tx.query(
    `select id from mapping_backtests where tenant_id = $1 and id = $2 and status not in ('queued', 'running') for update`,
    [tx.tenantId, id],
  );
  if (ended.length === 0) return;
  await tx.query(`delete from mapping_backtest_items where tenant_id = $1 and backtest_id = $2`, [tx.tenantId, id]);
  await tx.query(`delete from mapping_backtests where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
}

async function insertItems(
  tx: TenantTx,
  seal: PayloadSeal,
  backtestId: string,
  tested: number,
  items: readonly NewBacktestItem[],
): Promise<void> {
  if (items.length === 0) return;
  await tx.query(
    `insert into mapping_backtest_items (tenant_id, backtest_id, number, tracking_id, event_id, event_type, connection_id, route_id,
                                         sync_id, delivery_id, outcome, was_sent, detail, key_id)
     select $1, $2, $3 + i.place, i.tracking_id, i.event_id, i.event_type, i.connection_id, i.route_id, i.sync_id, i.delivery_id,
            i.outcome, i.was_sent, i.detail, $14
     from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[])
       with ordinality as i(tracking_id, event_id, event_type, connection_id, route_id, sync_id, delivery_id, outcome, was_sent, detail, place)`,
    [
      tx.tenantId,
      backtestId,
      tested,
      items.map((item) => item.trackingId),
      items.map((item) => item.eventId),
      items.map((item) => item.eventType),
      items.map((item) => item.connectionId),
      items.map((item) => item.routeId),
      items.map((item) => item.syncId),
      items.map((item) => item.deliveryId),
      items.map((item) => item.outcome),
      items.map((item) => item.wasSent),
      items.map(({ detail }, index) =>
        seal.seal(JSON.stringify(detail), 'backtest_item', `${backtestId}/${tested + index + 1}`),
      ),
      seal.keyId,
    ],
  );
}
