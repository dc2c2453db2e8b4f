import { queryJoined, textArray, uuidArray } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { NOTHING_REMEMBERED, pendingWrite, withWrite, type PendingWrite } from './echo/echo-detector';
import { databaseNow, loadLinks, lockLinks, memoryOf, writeGraph, type FirstMemory } from './link-store';
import { recordKey, systemKey, type RecordRef, type RememberedEndRow } from './link.types';
import { carryOvertaken, type CarriedRecord } from './overtaken';

/** What a delivery wrote, and which record of the source it is. */
export interface RecordWrite {
  readonly type: string;
  readonly target: RecordRef;
  /** Null when nobody said what the written record is at the source. */
  readonly source: RecordRef | null;
  /** Of the event that it was made from. Null for a replay: it writes what somebody chose, whatever its source holds by now. */
  readonly eventId: string | null;
  /** Null: it is only linked; what was written is remembered under another type. */
  readonly write: {
    /** As the connector sent it. */
    readonly payloadText: string;
    readonly version: string | null;
    readonly created: boolean;
    /** When the call that wrote it began. */
    readonly startedAt: Date;
  } | null;
}

/** A record that has just become known in another system. */
export interface LinkedRecord {
  readonly type: string;
  readonly recordId: string;
}

/** What an end has been written with, by this transaction last. */
interface Written {
  readonly writes: readonly PendingWrite[];
  readonly version: string | null;
}

const UPDATE_WRITTEN = `
update record_link_ends e set writes = w.writes::jsonb, version_written = w.version, written_at = now(), deleted = false, updated_at = now()
from unnest($2::uuid[], $3::text[], $4::text[]) as w(id, writes, version)
where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.id = w.id`;

/**
 * Remembers writes and links what they were made from, in the transaction that settles their deliveries: no crash can
 * part the two.
 * @returns the records of every link that has gained an end, for whoever waits for one.
 */
export async function recordWrites(tx: TenantTx, writes: readonly RecordWrite[]): Promise<LinkedRecord[]> {
  if (writes.length === 0) return [];
  const types = [...new Set(writes.map((write) => write.type))].sort();
  await lockLinks(tx, types);
  const at = await databaseNow(tx);
  const linked: LinkedRecord[] = [];
  for (const type of types) {
    const records = await recordType(
      tx,
      type,
      writes.filter((write) => write.type === type),
      at,
    );
    linked.push(...records.map((recordId) => ({ type, recordId })));
  }
  return linked;
}

async function recordType(
  tx: TenantTx,
  type: string,
  writes: readonly RecordWrite[],
  at: number,
): Promise<readonly string[]> {
  const { graph, rows } = await loadLinks(
    tx,
    type,
    writes.flatMap(({ target, source }) => (source === null ? [target] : [target, source])),
  );
  await carryOvertaken(tx, carriedBy(writes, rows));
  const written = new Map<string, Written>();
  for (const { target, source, write } of writes) {
    const { id } = graph.ensure(target);
    if (source !== null) graph.join(source, target);
    if (write === null) continue;
    const { payloadText, version, created, startedAt } = write;
    const before = written.get(id)?.writes ?? memoryOf(rows.get(id)).writes;
    const pending = pendingWrite(payloadText, { from: Math.min(startedAt.getTime(), at), at, version, created });
    written.set(id, { writes: withWrite(before, pending), version });
  }
  const change = graph.change();
  await writeGraph(tx, type, change, firstMemories(written));
  for (const { id } of change.newEnds) written.delete(id);
  if (written.size > 0) await updateWritten(tx, written);
  return change.grown.flatMap((linkId) => graph.endsOf(linkId).map((end) => end.recordId));
}

/** The pulled records that were written somewhere, as they were known before. */
function carriedBy(writes: readonly RecordWrite[], rows: ReadonlyMap<string, RememberedEndRow>): CarriedRecord[] {
  const ends = new Map([...rows.values()].map((end) => [recordKey(end.system, end.record_id), end]));
  return writes.flatMap(({ source, write, eventId }) => {
    if (source === null || write === null || eventId === null || source.system.connectionId === null) return [];
    const end = ends.get(recordKey(systemKey(source.system), source.recordId));
    return end === undefined ? [] : [{ end, eventId }];
  });
}

function firstMemories(written: ReadonlyMap<string, Written>): ReadonlyMap<string, FirstMemory> {
  return new Map(
    [...written].map(([id, { writes, version }]) => [
      id,
      { memory: { ...NOTHING_REMEMBERED, writes }, written: { version }, object: null },
    ]),
  );
}

/** Of ends that were known before. */
async function updateWritten(tx: TenantTx, written: ReadonlyMap<string, Written>): Promise<void> {
  const ends = [...written.values()];
  await queryJoined(
    tx,
    written.size,
    UPDATE_WRITTEN,
    [
      tx.tenantId,
      uuidArray([...written.keys()]),
      textArray(ends.map((end) => JSON.stringify(end.writes))),
      textArray(ends.map((end) => end.version)),
    ],
    'update_written_ends',
  );
}
