import { AcceptBatch, eventFingerprint } from '@hub/delivery';
import { newUuid, ok, type DrainTarget } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { Puller } from '../pull/puller';
import { type EventSink, type PullConnection } from '../pull/puller.ports';
import { PostgresPullStore } from '../store/postgres-pull-store';
import { createSync } from '../syncs/sync.repository';
import { type NewSync, type SyncRow } from '../syncs/sync.types';
import { FakeVendor } from './fake-vendor';
import { MemoryGuard } from './memory-guard';

/** A tenant with one connection to a fake vendor, pulled through the real store into real events. */
export interface SyncHarness {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly target: DrainTarget;
  readonly tenants: TenantDb;
  readonly store: PostgresPullStore;
  readonly vendor: FakeVendor;
  readonly guard: MemoryGuard;
  readonly rings: { now: number; later: number[] };
  addSync(overrides?: Partial<NewSync>): Promise<SyncRow>;
  puller(workerId?: string, connection?: PullConnection): Puller;
  /** Of the tenant, by subject in order of acceptance. */
  events(): Promise<{ event_id: string; type: string; subject: string; payload: string }[]>;
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function createSyncHarness(database: TestDatabase): Promise<SyncHarness> {
  const tenantId = (await database.createTenant()).id;
  const tenants = new TenantDb(database.app);
  const connectionId = newUuid();
  const target = { tenantId, connectionId };
  const query: SyncHarness['query'] = (sql, values = []) => tenants.run(tenantId, (tx) => tx.query(sql, values));
  await query(
    `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, 'fake', 'fake', '{}')`,
    [tenantId, connectionId],
  );
  await query(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [tenantId, connectionId]);
  const vendor = new FakeVendor();
  const guard = new MemoryGuard();
  const store = new PostgresPullStore(tenants);
  const rings: SyncHarness['rings'] = { now: 0, later: [] };
  const events = sinkOf(new AcceptBatch(database.accept));
  return {
    tenantId,
    connectionId,
    target,
    tenants,
    store,
    vendor,
    guard,
    rings,
    async addSync(overrides = {}) {
      const created = await tenants.run(tenantId, (tx) =>
        createSync(tx, {
          name: newUuid(),
          connectionId,
          object: 'Customer',
          mappingId: null,
          intervalSeconds: 60,
          dailyWindow: null,
          freshnessSeconds: null,
          fullEveryHours: null,
          startFrom: new Date(0),
          ...overrides,
        }),
      );
      if (!created.ok) throw new Error(JSON.stringify(created.error));
      return created.value;
    },
    puller: (workerId = 'w1', connection = vendor.connection()) =>
      new Puller({
        store,
        guard,
        events,
        workerId,
        canonicaliser: {
          canonicalise: ({ records }) =>
            Promise.resolve(ok(records.map(() => ({ canonicalType: null, canonicalText: null, issues: [] })))),
        },
        connections: { open: () => Promise.resolve(ok(connection)) },
        bell: {
          ring: () => void rings.now++,
          ringLater: (_target, delayMs) => Promise.resolve(rings.later.push(delayMs) > 0),
          ringEvery: () => Promise.resolve(),
        },
        observer: { page: () => undefined, runFailed: () => undefined, fenced: () => undefined },
      }),
    events: () => query(`select event_id, type, subject, payload from events order by id`),
    query,
  };
}

function sinkOf(batch: AcceptBatch): EventSink {
  return {
    async accept(tenantId, events) {
      const outcomes = await batch.accept(
        events.map((event) => ({
          ...event,
          tenantId,
          trackingId: newUuid(),
          receivedAt: new Date(),
          payload: event.payloadText,
          metadata: null,
          fingerprint: eventFingerprint(event.type, event.payloadText),
          apiKeyId: null,
          requestId: null,
          traceparent: null,
        })),
      );
      return outcomes.map(({ kind }) => (kind === 'accepted' ? 'made' : kind === 'refused' ? 'refused' : 'duplicate'));
    },
  };
}
