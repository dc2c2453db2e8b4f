import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { ConnectionOpener, CredentialVault, insertConnection, OAuthApps } from '@hub/connections';
import { createRegistry } from '@hub/connector-sdk';
import { DATABASE_ROLES, QUEUE_SCHEMA } from '@hub/database';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { insertMapping, MappingVersions } from '@hub/mapping-store';
import {
  createLocalKeyring,
  createSafeHttp,
  DrainBell,
  newUuid,
  prepareQueue,
  silentLogger,
  type ClosableSafeHttp,
  type QueueBackend,
} from '@hub/platform';
import { createSync, findSync, LinkedEchoGuard, requestRun, storeNotices, type NewSync } from '@hub/sync';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, HubRedis, waitUntil, type TestDatabase } from '@hub/testing';
import { FakePullVendor } from './fixtures/fake-pull-vendor';
import { startSyncs, type RunningSyncs } from './start-syncs';

interface EventData {
  id: string;
  change: string;
  canonical: unknown;
  canonical_issues?: { pointer: string; code: string }[];
  record: unknown;
}

interface Connected {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly vendor: FakePullVendor;
  addSync(overrides?: Partial<NewSync>): Promise<string>;
  announce(...ids: string[]): Promise<void>;
  events(): Promise<{ event_id: string; type: string; data: EventData; text: string }[]>;
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

describe.each(['redis', 'postgres'] as const)('syncs, with the queue in %s', (queue) => {
  let database: TestDatabase;
  let redis: HubRedis | null = null;
  let engine: MappingEngine;
  let http: ClosableSafeHttp;
  let running: RunningSyncs[];
  let bell: DrainBell;
  let tenants: TenantDb;
  let vault: CredentialVault;
  const vendor = new FakePullVendor();
  const connectors = createRegistry([vendor]);
  const deliveryRings: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    if (queue === 'redis') {
      redis = new HubRedis();
      await redis.start();
    }
    const backend = await backendOf();
    tenants = new TenantDb(database.app);
    vault = new CredentialVault({ tenants, keyring: createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1') });
    engine = createMappingEngine({ poolSize: 1 });
    http = createSafeHttp({ egressAllow: [], userAgent: 'hub-test' });
    bell = new DrainBell(backend, silentLogger, 'pull');
    running = ['w1', 'w2'].map((workerId) =>
      startSyncs({
        tenants,
        dispatcher: database.dispatcher,
        accept: database.accept,
        backend,
        ringDelivery: ({ connectionId }) => void deliveryRings.push(connectionId),
        connectors,
        opener: new ConnectionOpener({ tenants, vault, connectors, ttlMs: 0 }),
        context: { oauthApps: new OAuthApps(), limits: { report: () => undefined }, http },
        engine,
        versions: new MappingVersions({ tenants }),
        guard: new LinkedEchoGuard({
          tenants,
          inFlight: { underWay: () => Promise.resolve(new Set()), settled: () => Promise.resolve() },
        }),
        metrics: new Registry(),
        workerId,
        concurrency: 4,
        logger: silentLogger,
      }),
    );
  }, 90_000);

  afterAll(async () => {
    await Promise.all((running ?? []).map((syncs) => syncs.stop(5_000)));
    await bell?.close();
    await Promise.all([engine?.close(), http?.close()]);
    await redis?.close();
    await database?.close();
  }, 30_000);

  beforeEach(() => {
    vendor.records.clear();
    Object.assign(vendor, { validToken: 'token-1', refreshes: 0, pulls: 0, reads: 0, revoked: false });
  });

  async function backendOf(): Promise<QueueBackend> {
    if (redis !== null) return { kind: 'redis', url: redis.url };
    await database.asSuperuser((client) =>
      client.query(
        `do $$ begin execute format('grant create on database %I to ${DATABASE_ROLES.queue}', current_database()); end $$`,
      ),
    );
    const backend = { kind: 'postgres', url: database.urls.queue, schema: QUEUE_SCHEMA } as const;
    await prepareQueue(backend);
    return backend;
  }

  async function connect(): Promise<Connected> {
    const tenantId = (await database.createTenant()).id;
    const connectionId = newUuid();
    const sealed = await vault.seal(tenantId, connectionId, { token: 'token-1' });
    if (!sealed.ok) throw new Error(sealed.error.detail);
    await tenants.run(tenantId, (tx) =>
      insertConnection(tx, {
        id: connectionId,
        name: 'fake',
        connectorId: 'fake',
        config: { currency: 'EUR' },
        credentials: sealed.value,
        status: 'active',
        statusReason: null,
      }),
    );
    const query: Connected['query'] = (sql, values = []) => tenants.run(tenantId, (tx) => tx.query(sql, values));
    return {
      tenantId,
      connectionId,
      vendor,
      query,
      async addSync(overrides = {}) {
        const created = await tenants.run(tenantId, (tx) =>
          createSync(tx, {
            name: 'customers',
            connectionId,
            object: 'Customer',
            mappingId: null,
            intervalSeconds: 3_600,
            dailyWindow: null,
            freshnessSeconds: null,
            fullEveryHours: null,
            startFrom: new Date(0),
            ...overrides,
          }),
        );
        if (!created.ok) throw new Error(JSON.stringify(created.error));
        bell.ring({ tenantId, connectionId });
        const { id } = created.value;
        await waitUntil(
          'the first run',
          async () => (await tenants.run(tenantId, (tx) => findSync(tx, id)))?.last_success_at,
        );
        return id;
      },
      async announce(...ids) {
        const notices = ids.map((id) => ({ object: 'Customer', id, change: 'updated' as const }));
        await tenants.run(tenantId, (tx) => storeNotices(tx, connectionId, notices));
        bell.ring({ tenantId, connectionId });
      },
      async events() {
        const rows = await query<{ event_id: string; type: string; payload: string }>(
          `select event_id, type, payload from events order by id`,
        );
        return rows.map(({ event_id, type, payload }) => ({
          event_id,
          type,
          text: payload,
          data: JSON.parse(payload) as EventData,
        }));
      },
    };
  }

  const until = async (connected: Connected, count: number): ReturnType<Connected['events']> =>
    waitUntil(`${count} events`, async () => {
      const events = await connected.events();
      return events.length >= count ? events : null;
    });

  it('a pulled record becomes an event with its canonical form, every digit kept, and its route is rung', async () => {
    const connected = await connect();
    const routed = newUuid();
    await connected.query(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, 'target', 'fake', '{}')`,
      [connected.tenantId, routed],
    );
    await connected.query(
      `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation)
       values ($1, $2, 'r', 'fake.customer.*', 'fake.customer.%', $3, 'customer.upsert')`,
      [connected.tenantId, newUuid(), routed],
    );
    vendor.put('7', 1_000, '"name":"Ace ☕","limit":12345678901234.56,"big":90071992547409931234');
    await connected.addSync();
    const [event] = await until(connected, 1);
    expect(event?.type).toBe('fake.customer.updated');
    expect(event?.data).toMatchObject({
      id: '7',
      canonical: { id: '7', display_name: 'Ace ☕', credit_limit: { amount: '12345678901234.56', currency: 'EUR' } },
    });
    expect(event?.text).toContain('"big":90071992547409931234');
    expect(deliveryRings).toContain(routed);
    const deliveries = await connected.query(`select connection_id, operation, ordering_key from deliveries`);
    expect(deliveries).toEqual([{ connection_id: routed, operation: 'customer.upsert', ordering_key: 'customer/7' }]);
  });

  it('a record that cannot be mapped is an event all the same, with what is wrong', async () => {
    const connected = await connect();
    vendor.put('1', 1_000, '"limit":1');
    await connected.addSync();
    const [event] = await until(connected, 1);
    expect(event?.data).toMatchObject({
      canonical: null,
      canonical_issues: [{ pointer: '/display_name' }],
      record: { id: '1' },
    });
    expect(await connected.query(`select unmapped, events_made from sync_runs`)).toEqual([
      { unmapped: 1, events_made: 1 },
    ]);
  });

  it("the tenant's own mapping takes the template's place", async () => {
    const connected = await connect();
    const mapping = await tenants.run(connected.tenantId, (tx) =>
      insertMapping(tx, {
        name: 'mine',
        description: '',
        expression: '{"id": record.id, "display_name": $uppercase(record.name)}',
        tables: {},
        note: '',
      }),
    );
    if (!mapping.ok) throw new Error(mapping.error.detail);
    vendor.put('1', 1_000, '"name":"ace"');
    await connected.addSync({ mappingId: mapping.value.id });
    expect((await until(connected, 1))[0]?.data.canonical).toEqual({ id: '1', display_name: 'ACE' });
  });

  it('what a vendor announces is an event at once, and once, however often it is announced and polled', async () => {
    const connected = await connect();
    const id = await connected.addSync();
    vendor.put('1', 1_000, '"name":"one"');
    await Promise.all([connected.announce('1'), connected.announce('1', '2'), connected.announce('1')]);
    await until(connected, 1);
    await tenants.run(connected.tenantId, (tx) => requestRun(tx, id, { kind: 'manual' }));
    await connected.announce('1');
    await waitUntil('everything to be read', async () => {
      const [open] = await connected.query(
        `select 1 from sync_runs where status in ('queued', 'running')
         union all select 1 from hook_notices where record_id = '1'`,
      );
      return open === undefined;
    });
    expect(await connected.events()).toHaveLength(1);
  });

  it('an expired token is refreshed once, and a revoked one makes the connection wait for a person', async () => {
    const connected = await connect();
    await connected.addSync();
    vendor.validToken = 'token-2';
    vendor.put('1', 1_000, '"name":"one"');
    await connected.announce('1');
    await until(connected, 1);
    expect(vendor.refreshes).toBe(1);
    Object.assign(vendor, { validToken: 'token-3', revoked: true });
    vendor.put('1', 2_000, '"name":"two"');
    await connected.announce('1');
    await waitUntil('the connection to wait', async () => {
      const [row] = await connected.query<{ status: string }>(`select status from connections`);
      return row?.status === 'needs_reauth';
    });
    expect(await connected.query(`select record_id from hook_notices`)).toEqual([{ record_id: '1' }]);
    // A person signs in again: what was announced meanwhile is still there.
    vendor.revoked = false;
    await connected.query(
      `update connections set status = 'active', refused_revision = null, refresh_not_before = null, revision = revision + 1`,
    );
    await until(connected, 2);
  });

  it('the schedule goes on by itself, also when the queue has been emptied', async () => {
    const connected = await connect();
    await connected.addSync({ intervalSeconds: 5 });
    if (redis !== null) await redis.flushAll();
    vendor.put('1', 1_000, '"name":"one"');
    await until(connected, 1);
    vendor.put('1', 2_000, '"name":"two"');
    expect((await until(connected, 2)).map(({ data }) => (data.record as { name: string }).name)).toEqual([
      'one',
      'two',
    ]);
  }, 40_000);

  if (queue === 'redis') {
    it('pulls without its Redis', async () => {
      const connected = await connect();
      const id = await connected.addSync();
      await redis?.stop();
      try {
        vendor.put('1', 1_000, '"name":"one"');
        await tenants.run(connected.tenantId, (tx) => requestRun(tx, id, { kind: 'manual' }));
        await until(connected, 1);
      } finally {
        await redis?.start();
      }
      // Rung through the queue again: a client that is closed while it is coming back would keep the process alive.
      await waitUntil('the queue to be back', () => bell.isReachable());
      vendor.put('1', 2_000, '"name":"two"');
      await connected.announce('1');
      await until(connected, 2);
    }, 40_000);
  }
});
