import { boolArray, queryJoined, textArray, uuidArray } from '@hub/database';
import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { NOTHING_REMEMBERED, type RecordMemory } from './echo/echo-detector';
import { LinkGraph, type GraphChange, type GraphEnd, type NewEnd } from './link-graph';
import { type RecordRef, type RememberedEndRow, systemKey } from './link.types';

export const END_COLUMNS = `e.id, e.link_id, e.type, e.connection_id, e.source, e.system, e.object, e.record_id, e.deleted,
  e.version_written, e.written_at, e.version_seen, e.seen_at, e.created_at`;

/**
 * Every end of every link that one of the records is in. Step by step, each by its index: left to choose, the planner goes
 * through all ends and looks each up among the records, which for thousands of both took longer than a slot's lease.
 */
const LOAD = `
with linked as materialized (
  select distinct k.link_id from unnest($3::text[], $4::text[]) as r(system, record_id)
  cross join lateral (
    select k.link_id from record_link_ends k
    where k.tenant_id = $1 and k.type = $2 and k.system = r.system and k.record_id = r.record_id offset 0) k
)
select ${END_COLUMNS}, e.seen, e.writes from linked l
cross join lateral (select e.* from record_link_ends e where e.tenant_id = $1 and e.link_id = l.link_id offset 0) e`;

const LOAD_RECORDS = `
select ${END_COLUMNS}, e.seen, e.writes from record_link_ends e
where e.tenant_id = $1 and e.type = $2 and e.system = $3 and e.record_id = any($4::text[])`;

/**
 * Whoever changes links of a type waits for whoever else does: joining reads, decides and writes. The lock is taken after
 * all other locks of a transaction but those of the links themselves and of notices, and of several types in one order.
 */
export async function lockLinks(tx: TenantTx, types: readonly string[]): Promise<void> {
  for (const type of [...new Set(types)].sort()) {
    await tx.query(
      `select pg_advisory_xact_lock(hashtextextended($1, 0))`,
      [`links ${tx.tenantId} ${type}`],
      'lock_links',
    );
  }
}

/** Milliseconds of the database's clock. */
export async function databaseNow(tx: TenantTx): Promise<number> {
  const [row] = await tx.query<{ now: Date }>(`select clock_timestamp() as now`, [], 'clock');
  if (row === undefined) throw new Error('the clock returned no row');
  return row.now.getTime();
}

export interface LoadedLinks {
  readonly graph: LinkGraph;
  readonly rows: ReadonlyMap<string, RememberedEndRow>;
}

/** The caller holds the type's lock. */
export async function loadLinks(tx: TenantTx, type: string, records: readonly RecordRef[]): Promise<LoadedLinks> {
  const rows = await tx.query<RememberedEndRow & Record<string, unknown>>(
    LOAD,
    [
      tx.tenantId,
      type,
      textArray(records.map((record) => systemKey(record.system))),
      textArray(records.map((record) => record.recordId)),
    ],
    'load_links',
  );
  return loadedFrom(rows);
}

export function loadedFrom(rows: readonly RememberedEndRow[]): LoadedLinks {
  const ends = rows.map((row): GraphEnd => ({
    id: row.id,
    linkId: row.link_id,
    system: row.system,
    recordId: row.record_id,
  }));
  return { graph: new LinkGraph(ends, newUuid), rows: new Map(rows.map((row) => [row.id, row])) };
}

/** Ends of these records of one system, by record id. */
export async function loadRecords(
  tx: TenantTx,
  type: string,
  system: string,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, RememberedEndRow>> {
  const rows = await tx.query<RememberedEndRow & Record<string, unknown>>(
    LOAD_RECORDS,
    [tx.tenantId, type, system, textArray([...new Set(recordIds)])],
    'load_link_records',
  );
  return new Map(rows.map((row) => [row.record_id, row]));
}

export function memoryOf(row: RememberedEndRow | undefined): RecordMemory {
  if (row === undefined) return NOTHING_REMEMBERED;
  return { seen: row.seen, versionSeen: row.version_seen, deleted: row.deleted, writes: row.writes };
}

/** Of the column `seen`. */
export function seenJson({ seen }: RecordMemory): string | null {
  return seen === null ? null : JSON.stringify(seen);
}

/** What a new end is remembered with from the start. */
export interface FirstMemory {
  readonly memory: RecordMemory;
  /** Null: it has not been written. */
  readonly written: { readonly version: string | null } | null;
  /** As which object it was seen; null: it has not been seen. */
  readonly object: string | null;
}

const NOTHING_KNOWN: FirstMemory = { memory: NOTHING_REMEMBERED, written: null, object: null };

/** Each end with all that is known of it: to be updated at once, a row of five indexes would cost as much again. */
const INSERT_ENDS = `
insert into record_link_ends (tenant_id, type, id, link_id, connection_id, source, record_id, deleted, writes, version_written,
                              written_at, object, seen, version_seen, seen_at)
select $1, $2, n.id, n.link_id, n.connection_id, n.source, n.record_id, n.deleted, n.writes::jsonb, n.version_written,
       case when n.written then now() end, n.object, n.seen::jsonb, n.version_seen, case when n.object is not null then now() end
from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bool[], $9::text[], $10::text[], $11::bool[],
            $12::text[], $13::text[], $14::text[])
  as n(id, link_id, connection_id, source, record_id, deleted, writes, version_written, written, object, seen, version_seen)`;

/**
 * Writes what the graph has become.
 * @param first of new ends, by id, what is known of them; nothing of those that are left out
 */
export async function writeGraph(
  tx: TenantTx,
  type: string,
  change: GraphChange,
  first: ReadonlyMap<string, FirstMemory> = new Map(),
): Promise<void> {
  const { newLinks, newEnds, moved, emptied, grown } = change;
  await insertLinks(tx, type, newLinks);
  // What moves makes room for what is new.
  await moveEnds(tx, type, moved);
  await insertEnds(tx, type, newEnds, first);
  await deleteLinks(tx, emptied);
  const made = new Set(newLinks);
  const changed = grown.filter((id) => !made.has(id));
  if (changed.length > 0) {
    await tx.query(`update record_links set updated_at = now() where tenant_id = $1 and id = any($2::uuid[])`, [
      tx.tenantId,
      changed,
    ]);
  }
}

async function insertEnds(
  tx: TenantTx,
  type: string,
  ends: readonly NewEnd[],
  first: ReadonlyMap<string, FirstMemory>,
): Promise<void> {
  if (ends.length === 0) return;
  const known = ends.map((end) => first.get(end.id) ?? NOTHING_KNOWN);
  await tx.query(
    INSERT_ENDS,
    [
      tx.tenantId,
      type,
      uuidArray(ends.map((end) => end.id)),
      uuidArray(ends.map((end) => end.linkId)),
      uuidArray(ends.map((end) => end.of.connectionId)),
      textArray(ends.map((end) => end.of.source)),
      textArray(ends.map((end) => end.recordId)),
      boolArray(known.map(({ memory }) => memory.deleted)),
      textArray(known.map(({ memory }) => JSON.stringify(memory.writes))),
      textArray(known.map(({ written }) => written?.version ?? null)),
      boolArray(known.map(({ written }) => written !== null)),
      textArray(known.map(({ object }) => object)),
      textArray(known.map(({ memory }) => seenJson(memory))),
      textArray(known.map(({ memory }) => memory.versionSeen)),
    ],
    'insert_link_ends',
  );
}

async function insertLinks(tx: TenantTx, type: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `insert into record_links (tenant_id, id, type) select $1, id, $2 from unnest($3::uuid[]) as n(id)`,
    [tx.tenantId, type, uuidArray(ids)],
    'insert_links',
  );
}

/**
 * Rows are moved one by one, and a link holds one end of a system at any moment: where several move, one may find its
 * place still taken by another that is to leave it. So they all leave first, each to a link of its own.
 */
async function moveEnds(tx: TenantTx, type: string, moved: readonly GraphEnd[]): Promise<void> {
  if (moved.length === 0) return;
  const ids = moved.map((end) => end.id);
  const move = (links: readonly string[]): Promise<unknown> =>
    queryJoined(
      tx,
      ids.length,
      `update record_link_ends e set link_id = m.link_id, updated_at = now()
       from unnest($2::uuid[], $3::uuid[]) as m(id, link_id)
       where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.id = m.id`,
      [tx.tenantId, ids, links],
      'move_link_ends',
    );
  if (moved.length > 1) {
    const between = moved.map(() => newUuid());
    await insertLinks(tx, type, between);
    await move(between);
    await move(moved.map((end) => end.linkId));
    await deleteLinks(tx, between);
  } else await move(moved.map((end) => end.linkId));
}

async function deleteLinks(tx: TenantTx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(`delete from record_links where tenant_id = $1 and id = any($2::uuid[])`, [tx.tenantId, ids]);
}
