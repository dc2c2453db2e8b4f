import { boolArray, queryJoined, textArray, uuidArray } from '@hub/database';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import {
  type EchoGuard,
  type KnownRecord,
  type Observation,
  type RecordScope,
  type RecordVerdict,
  type UnseenCount,
} from '../pull/pull.ports';
import { type PulledRecord } from '@hub/connector-sdk';
import { judge, readingOf, remember, type RecordMemory } from './echo/echo-detector';
import { LINK_BOUNDS, systemKey, type RecordRef } from './link.types';
import { loadedFrom, loadRecords, lockLinks, memoryOf, seenJson, writeGraph, type FirstMemory } from './link-store';
import { recordTypeOf } from './record-type';

/** Port to the deliveries of a connection. */
export interface InFlightWrites {
  /** What is being written to the connection at this moment. */
  underWay(tenantId: string, connectionId: string): Promise<ReadonlySet<string>>;
  /** Waits until these are settled, or for as long as that may take. */
  settled(tenantId: string, connectionId: string, writes: ReadonlySet<string>): Promise<void>;
}

export interface LinkedEchoGuardOptions {
  readonly tenants: TenantDb;
  readonly inFlight: InFlightWrites;
}

/** Parameters $1 to $5: tenant, connection, object, type, instant. */
const KNOWN = 'tenant_id = $1 and connection_id = $2 and object = $3 and type = $4 and not deleted';
const UNSEEN = '(seen_at is null or seen_at < $5) and (written_at is null or written_at < $5)';

/** Records in one transaction: a page of a vendor may have thousands. */
const RECORDS_AT_ONCE = 500;

/** Remembers records on the ends of links, where deliveries have written down what they wrote. */
export class LinkedEchoGuard implements EchoGuard {
  constructor(private readonly options: LinkedEchoGuardOptions) {}

  async classify(scope: RecordScope, records: readonly PulledRecord[]): Promise<readonly RecordVerdict[]> {
    if (records.length === 0) return [];
    const { inFlight } = this.options;
    const { tenantId, connectionId } = scope;
    // What looks new may be what we are writing at this moment: a vendor's hook is often faster than its answer to us. Asked
    // before what we have written is looked up, because a write that is settled between the two would be in neither.
    const underWay = await inFlight.underWay(tenantId, connectionId);
    const verdicts = await this.judgeAll(scope, records);
    const mayBeOurs = records.some((record, index) => verdicts[index] === 'new' && record.modifiedByUs !== false);
    if (!mayBeOurs || underWay.size === 0) return verdicts;
    await inFlight.settled(tenantId, connectionId, underWay);
    return this.judgeAll(scope, records);
  }

  async observe(scope: RecordScope, observations: readonly Observation[]): Promise<void> {
    for (let start = 0; start < observations.length; start += RECORDS_AT_ONCE) {
      const records = observations.slice(start, start + RECORDS_AT_ONCE).map(({ record }) => record);
      await this.options.tenants.run(scope.tenantId, (tx) => observeRecords(tx, scope, records));
    }
  }

  notSeenSince(
    scope: RecordScope,
    since: Date,
    afterId: string | null,
    limit: number,
  ): Promise<readonly KnownRecord[]> {
    return this.options.tenants.run(scope.tenantId, (tx) =>
      tx.query<{ id: string; version: string | null }>(
        `select record_id as id, version_seen as version from record_link_ends
         where ${KNOWN} and ${UNSEEN} and ($6::text is null or record_id > $6)
         order by record_id limit $7`,
        [tx.tenantId, scope.connectionId, scope.object, recordTypeOf(scope), since, afterId, limit],
        'records_not_seen_since',
      ),
    );
  }

  async countUnseen(scope: RecordScope, since: Date): Promise<UnseenCount> {
    const [row] = await this.options.tenants.run(scope.tenantId, (tx) =>
      tx.query<{ known: number; unseen: number }>(
        `select count(*)::int as known, count(*) filter (where ${UNSEEN})::int as unseen from record_link_ends where ${KNOWN}`,
        [tx.tenantId, scope.connectionId, scope.object, recordTypeOf(scope), since],
        'count_unseen_records',
      ),
    );
    return row ?? { known: 0, unseen: 0 };
  }

  private async judgeAll(scope: RecordScope, records: readonly PulledRecord[]): Promise<RecordVerdict[]> {
    const memories = new Map<string, RecordMemory>();
    const known = await this.options.tenants.run(scope.tenantId, (tx) =>
      loadRecords(
        tx,
        recordTypeOf(scope),
        systemKey(systemOf(scope)),
        records.map((record) => record.id),
      ),
    );
    return records.map((record) => {
      const reading = readingOf(record, scope.volatileFields, readAtMs(scope));
      const memory = memories.get(record.id) ?? memoryOf(known.get(record.id));
      const verdict = judge(memory, reading);
      memories.set(record.id, remember(memory, reading));
      return verdict;
    });
  }
}

const UPDATE_SEEN = `
update record_link_ends e set object = $2, seen = s.seen::jsonb, writes = s.writes::jsonb, version_seen = s.version,
  deleted = s.deleted, seen_at = now(), updated_at = now()
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bool[]) as s(id, seen, writes, version, deleted)
where e.tenant_id = $1 and e.id = any($3::uuid[]) and e.id = s.id`;

async function observeRecords(tx: TenantTx, scope: RecordScope, records: readonly PulledRecord[]): Promise<void> {
  const type = recordTypeOf(scope);
  const taken = records.filter((record) => record.id.length <= LINK_BOUNDS.recordId);
  await lockLinks(tx, [type]);
  const known = await loadRecords(
    tx,
    type,
    systemKey(systemOf(scope)),
    taken.map((record) => record.id),
  );
  const { graph } = loadedFrom([...known.values()]);
  const memories = new Map<string, RecordMemory>();
  for (const record of taken) {
    const ref: RecordRef = { system: systemOf(scope), recordId: record.id };
    const { id } = graph.ensure(ref);
    const memory = memories.get(id) ?? memoryOf(known.get(record.id));
    memories.set(id, remember(memory, readingOf(record, scope.volatileFields, readAtMs(scope))));
  }
  const change = graph.change();
  await writeGraph(tx, type, change, firstMemories(scope, memories));
  for (const { id } of change.newEnds) memories.delete(id);
  if (memories.size === 0) return;
  await queryJoined(tx, memories.size, UPDATE_SEEN, seenColumns(tx, scope, memories), 'update_seen_ends');
}

function firstMemories(
  { object }: RecordScope,
  memories: ReadonlyMap<string, RecordMemory>,
): ReadonlyMap<string, FirstMemory> {
  return new Map([...memories].map(([id, memory]) => [id, { memory, written: null, object }]));
}

function seenColumns(tx: TenantTx, scope: RecordScope, memories: ReadonlyMap<string, RecordMemory>): unknown[] {
  const all = [...memories.values()];
  return [
    tx.tenantId,
    scope.object,
    uuidArray([...memories.keys()]),
    textArray(all.map(seenJson)),
    textArray(all.map(({ writes }) => JSON.stringify(writes))),
    textArray(all.map(({ versionSeen }) => versionSeen)),
    boolArray(all.map(({ deleted }) => deleted)),
  ];
}

function systemOf(scope: RecordScope): RecordRef['system'] {
  return { connectionId: scope.connectionId, source: '' };
}

function readAtMs(scope: RecordScope): number {
  return scope.readAt?.getTime() ?? Date.now();
}
