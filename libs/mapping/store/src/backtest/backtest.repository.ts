import { violatedConstraint } from '@hub/database';
import { err, newUuid, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { lockMapping } from '../lock-mapping';
import { findMapping } from '../mapping.repository';
import { findVersion } from '../mapping-version.repository';
import { type LookupTables } from '../mapping.types';
import { unknownVersion } from '../publish/publish.repository';
import { type PayloadSeal } from '../sealing/payload-seals';
import { contentHash } from './content-hash';
import {
  type BacktestDetail,
  type BacktestItem,
  type BacktestRow,
  type BacktestSummary,
  type NewBacktest,
} from './backtest.types';
import { type BacktestOutcome, type SentOutcome } from './compare-item';

const COLUMNS = `id, mapping_id, version, base_version, expression, content_hash, wanted, status, stopped_because, error, examined, tested, totals,
  interruptions, created_at, started_at, ended_at, requested_by`;

/** Back-tests of one tenant that may wait or run: each mapping has one at most, and a tenant may have many mappings. */
const MOST_OPEN = 5;

/**
 * Plans a back-test against the version that is published now, over events that are there now. The caller has checked
 * expression and tables. The insert meets the rule of one at a time last: after `backtest_under_way` the transaction is dead.
 */
export async function createBacktest(tx: TenantTx, wanted: NewBacktest): Promise<Result<BacktestRow, Problem>> {
  const mapping = await lockMapping(tx, wanted.mappingId);
  if (mapping === null) return err(notFound('mapping'));
  const base = await findVersion(tx, wanted.mappingId, mapping.published_version);
  if (base === null) throw new Error('a published version does not exist');
  const draft = await draftOf(tx, wanted, base.tables);
  if (!draft.ok) return draft;
  const used = await checkUsed(tx, wanted);
  if (!used.ok) return used;
  const [open] = await tx.query<{ open: number }>(
    `select count(*) as open from mapping_backtests where tenant_id = $1 and status in ('queued', 'running')`,
    [tx.tenantId],
  );
  if ((open?.open ?? 0) >= MOST_OPEN) {
    const detail = `At most ${MOST_OPEN} back-tests of a tenant are under way at once. Wait for one, or cancel it.`;
    return err(problem('conflict', 'too_many_backtests', detail, { retryAfterSeconds: 5 }));
  }
  return insert(tx, wanted, mapping.published_version, draft.value);
}

async function insert(
  tx: TenantTx,
  wanted: NewBacktest,
  baseVersion: number,
  { expression, tables }: Draft,
): Promise<Result<BacktestRow, Problem>> {
  const id = newUuid();
  try {
    const [row] = await tx.query<BacktestRow & Record<string, unknown>>(
      `insert into mapping_backtests (tenant_id, id, mapping_id, version, base_version, expression, tables, content_hash, wanted,
                                      route_ids, requested_by, status, before_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', uuid_v7_floor(now())) returning ${COLUMNS}`,
      [
        tx.tenantId,
        id,
        wanted.mappingId,
        wanted.version,
        baseVersion,
        expression,
        JSON.stringify(tables),
        contentHash(expression, tables),
        wanted.wanted,
        wanted.routeIds === null ? null : JSON.stringify(wanted.routeIds),
        JSON.stringify(wanted.by),
      ],
    );
    if (row === undefined) throw new Error('insert returned no row');
    return ok(row);
  } catch (error) {
    if (violatedConstraint(error) !== 'mapping_backtests_one_open') throw error;
    const detail = 'A back-test of this mapping is under way. Wait for it, or cancel it.';
    return err(problem('conflict', 'backtest_under_way', detail, { retryAfterSeconds: 5 }));
  }
}

interface Draft {
  readonly expression: string;
  readonly tables: LookupTables;
}

async function draftOf(
  tx: TenantTx,
  { mappingId, version, expression, tables }: NewBacktest,
  published: LookupTables,
): Promise<Result<Draft, Problem>> {
  if (version === null) return ok({ expression, tables: tables ?? published });
  const found = await findVersion(tx, mappingId, version);
  return found === null ? err(unknownVersion('/version', version)) : ok(found);
}

/** A mapping that nothing uses has met no event, and a route that does not use it has nothing to say. */
async function checkUsed(tx: TenantTx, { mappingId, routeIds }: NewBacktest): Promise<Result<null, Problem>> {
  const routes = await tx.query<{ id: string; enabled: boolean }>(
    `select id, enabled from routes where tenant_id = $1 and mapping_id = $2 and deleted_at is null`,
    [tx.tenantId, mappingId],
  );
  if (routeIds !== null) {
    const faults = routeIds.flatMap((id, index) =>
      routes.some((route) => route.id === id)
        ? []
        : [{ pointer: `/route_ids/${index}`, code: 'unknown_route', message: 'No route of this mapping has this id' }],
    );
    if (faults.length === 0) return ok(null);
    return err(problem('unprocessable', 'invalid_backtest', 'The back-test cannot be run like this.', { faults }));
  }
  const syncs = await tx.query(
    `select id from syncs where tenant_id = $1 and mapping_id = $2 and deleted_at is null limit 1`,
    [tx.tenantId, mappingId],
  );
  if (syncs.length > 0 || routes.some(({ enabled }) => enabled)) return ok(null);
  const detail = 'No enabled route and no sync uses this mapping, so there are no events to run it over.';
  return err(problem('unprocessable', 'mapping_not_used', detail, { extra: { disabled_routes: routes.length } }));
}

/** Newest first. Null: no such mapping. */
export async function listBacktests(
  tx: TenantTx,
  mappingId: string,
  page: { readonly limit: number; readonly before: string | null },
): Promise<BacktestRow[] | null> {
  if ((await findMapping(tx, mappingId)) === null) return null;
  return tx.query<BacktestRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_backtests
     where tenant_id = $1 and mapping_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [tx.tenantId, mappingId, page.before, page.limit],
  );
}

export async function findBacktest(tx: TenantTx, mappingId: string, id: string): Promise<BacktestRow | null> {
  const [row] = await tx.query<BacktestRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_backtests where tenant_id = $1 and mapping_id = $2 and id = $3
       and exists (select 1 from mappings m where m.tenant_id = $1 and m.id = $2 and m.deleted_at is null)`,
    [tx.tenantId, mappingId, id],
  );
  return row ?? null;
}

/** What it has found so far stays. One that has ended stays as it ended. */
export async function cancelBacktest(
  tx: TenantTx,
  mappingId: string,
  id: string,
): Promise<Result<BacktestRow, Problem>> {
  const current = await findBacktest(tx, mappingId, id);
  if (current === null) return err(notFound('back-test'));
  const [row] = await tx.query<BacktestRow & Record<string, unknown>>(
    `update mapping_backtests set status = 'cancelled', ended_at = now(), lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and status in ('queued', 'running') returning ${COLUMNS}`,
    [tx.tenantId, id],
  );
  if (row !== undefined) return ok(row);
  return err(problem('conflict', 'backtest_ended', 'The back-test has ended already.'));
}

export interface ItemFilter {
  readonly outcome?: BacktestOutcome | undefined;
  readonly wasSent?: SentOutcome | undefined;
}

interface ItemRow {
  number: number;
  tracking_id: string;
  event_id: string;
  event_type: string;
  connection_id: string;
  route_id: string | null;
  sync_id: string | null;
  delivery_id: string | null;
  outcome: BacktestOutcome;
  was_sent: SentOutcome;
  detail: string;
  key_id: string | null;
}

/** In the order in which they were compared: newest event first. `after` is the number of the last one on the page before. */
export async function listBacktestItems(
  tx: TenantTx,
  seal: PayloadSeal,
  backtestId: string,
  page: { readonly limit: number; readonly after: number },
  filter: ItemFilter,
): Promise<Result<BacktestItem[], Problem>> {
  const rows = await tx.query<ItemRow & Record<string, unknown>>(
    `select number, tracking_id, event_id, event_type, connection_id, route_id, sync_id, delivery_id, outcome, was_sent, detail, key_id
     from mapping_backtest_items
     where tenant_id = $1 and backtest_id = $2 and number > $3
       and ($4::text is null or outcome = $4) and ($5::text is null or was_sent = $5)
     order by number limit $6`,
    [tx.tenantId, backtestId, page.after, filter.outcome ?? null, filter.wasSent ?? null, page.limit],
  );
  const items: BacktestItem[] = [];
  for (const row of rows) {
    const place = `${backtestId}/${row.number}`;
    const detail = row.key_id === null ? ok(row.detail) : seal.open(row.detail, row.key_id, 'backtest_item', place);
    if (!detail.ok) return detail;
    items.push({
      number: row.number,
      trackingId: row.tracking_id,
      eventId: row.event_id,
      eventType: row.event_type,
      connectionId: row.connection_id,
      routeId: row.route_id,
      syncId: row.sync_id,
      deliveryId: row.delivery_id,
      outcome: row.outcome,
      wasSent: row.was_sent,
      detail: JSON.parse(detail.value) as BacktestDetail,
    });
  }
  return ok(items);
}

/** The last back-test of exactly this content, as a draft or as a version, that came to its end. */
export async function lastBacktestOf(
  tx: TenantTx,
  mappingId: string,
  expression: string,
  tables: LookupTables,
): Promise<BacktestSummary | null> {
  const [row] = await tx.query<BacktestRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_backtests
     where tenant_id = $1 and mapping_id = $2 and content_hash = $3 and status = 'succeeded' order by id desc limit 1`,
    [tx.tenantId, mappingId, contentHash(expression, tables)],
  );
  return row === undefined ? null : summaryOf(row);
}

function summaryOf(row: BacktestRow): BacktestSummary {
  return {
    id: row.id,
    status: row.status,
    baseVersion: row.base_version,
    tested: row.tested,
    totals: row.totals,
    stoppedBecause: row.stopped_because,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
