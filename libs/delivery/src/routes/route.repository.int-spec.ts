import { newUuid, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { createRoute, deleteRoute, findRoute, listRoutes, updateRoute } from './route.repository';
import { type NewRoute, type RouteRow } from './route.types';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let stranger: string;
let connectionId: string;
let mappingId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  tenant = (await database.createTenant()).id;
  stranger = (await database.createTenant()).id;
}, 60_000);

afterAll(() => database.close());

beforeEach(async () => {
  connectionId = await addConnection(tenant);
  mappingId = await addMapping(tenant);
});

function addConnection(tenantId: string): Promise<string> {
  const id = newUuid();
  return tenants.run(tenantId, async (tx) => {
    await tx.query(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $2::uuid::text, 'http', '{}')`,
      [tenantId, id],
    );
    return id;
  });
}

function addMapping(tenantId: string): Promise<string> {
  const id = newUuid();
  return tenants.run(tenantId, async (tx) => {
    await tx.query(`insert into mappings (tenant_id, id, name) values ($1, $2, $2::uuid::text)`, [tenantId, id]);
    return id;
  });
}

function newRoute(overrides: Partial<NewRoute> = {}): NewRoute {
  return {
    name: `route ${newUuid()}`,
    eventType: 'invoice.*',
    filter: null,
    connectionId,
    operation: 'request.send',
    mappingId,
    orderingKey: 'subject',
    orderingMode: 'strict',
    retryDelaysSeconds: null,
    enabled: true,
    ...overrides,
  };
}

function create(overrides: Partial<NewRoute> = {}): Promise<Result<RouteRow, Problem>> {
  return tenants.run(tenant, (tx) => createRoute(tx, newRoute(overrides)));
}

async function created(overrides: Partial<NewRoute> = {}): Promise<RouteRow> {
  const result = await create(overrides);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

describe('route repository', () => {
  it('keeps what it is given and finds it again', async () => {
    const route = await created({ filter: 'amount > 1', retryDelaysSeconds: [1, 2], orderingMode: 'latest' });
    expect(route).toMatchObject({
      event_type: 'invoice.*',
      filter: 'amount > 1',
      connection_id: connectionId,
      mapping_id: mappingId,
      retry_delays_seconds: [1, 2],
      ordering_mode: 'latest',
      revision: 1,
    });
    expect(await tenants.run(tenant, (tx) => findRoute(tx, route.id))).toEqual(route);
    expect(await tenants.run(stranger, (tx) => findRoute(tx, route.id))).toBeNull();
  });

  it('writes the pattern that SQL matches with, and writes it anew on a change', async () => {
    const { id } = await created({ eventType: 'in_voice.*' });
    const like = async (): Promise<unknown> =>
      (await tenants.run(tenant, (tx) => tx.query(`select event_type_like from routes where id = $1`, [id])))[0]?.[
        'event_type_like'
      ];
    expect(await like()).toBe('in\\_voice.%');
    await tenants.run(tenant, (tx) => updateRoute(tx, id, { eventType: 'order.created' }));
    expect(await like()).toBe('order.created');
  });

  it('points at an unknown connection and mapping, those of another tenant included', async () => {
    const foreign = { connectionId: await addConnection(stranger), mappingId: await addMapping(stranger) };
    for (const overrides of [foreign, { connectionId: newUuid(), mappingId: newUuid() }]) {
      const result = await create(overrides);
      expect(result).toMatchObject({ ok: false, error: { kind: 'unprocessable', code: 'invalid_route' } });
      expect(!result.ok && result.error.faults?.map((fault) => fault.pointer)).toEqual([
        '/connection_id',
        '/mapping_id',
      ]);
    }
  });

  it('refuses a name that is taken, on create and on change, and frees it on deletion', async () => {
    const first = await created();
    const second = await created();
    const taken = { ok: false, error: { kind: 'conflict', code: 'name_taken', faults: [{ pointer: '/name' }] } };
    expect(await create({ name: first.name })).toMatchObject(taken);
    expect(await tenants.run(tenant, (tx) => updateRoute(tx, second.id, { name: first.name }))).toMatchObject(taken);
    expect(await tenants.run(tenant, (tx) => deleteRoute(tx, first.id))).toEqual({ ok: true, value: null });
    expect(await tenants.run(tenant, (tx) => findRoute(tx, first.id))).toBeNull();
    expect((await create({ name: first.name })).ok).toBe(true);
  });

  it('changes what is given, null included, and counts the revision up', async () => {
    const { id } = await created({ filter: 'true', retryDelaysSeconds: [5] });
    const changed = await tenants.run(tenant, (tx) =>
      updateRoute(tx, id, { filter: null, mappingId: null, retryDelaysSeconds: null, enabled: false }),
    );
    expect(changed).toMatchObject({
      ok: true,
      value: {
        filter: null,
        mapping_id: null,
        retry_delays_seconds: null,
        enabled: false,
        revision: 2,
        event_type: 'invoice.*',
      },
    });
    expect(await tenants.run(stranger, (tx) => updateRoute(tx, id, { enabled: true }))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('cannot be enabled again once its connection is deleted', async () => {
    const { id } = await created({ enabled: false });
    await tenants.run(tenant, (tx) =>
      tx.query(`update connections set deleted_at = now() where id = $1`, [connectionId]),
    );
    const enabled = await tenants.run(tenant, (tx) => updateRoute(tx, id, { enabled: true }));
    expect(enabled).toMatchObject({ ok: false, error: { faults: [{ pointer: '/connection_id' }] } });
  });

  it('waits for a deletion of its connection that is under way, and then refuses', async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const deletion = tenants.run(tenant, async (tx) => {
      await tx.query(`select id from connections where id = $1 for update`, [connectionId]);
      await tx.query(`update connections set deleted_at = now() where id = $1`, [connectionId]);
      locked();
      await held;
    });
    await isLocked;
    const creation = create();
    // Only once the creation is seen waiting does the deletion commit.
    await untilBlocked();
    finish();
    await deletion;
    expect(await creation).toMatchObject({ ok: false, error: { faults: [{ pointer: '/connection_id' }] } });
  });

  it('lists newest first, page by page, filtered', async () => {
    const other = await addConnection(tenant);
    const ids: string[] = [];
    for (let index = 0; index < 3; index++) ids.push((await created({ connectionId: other })).id);
    const page = (before: string | null): Promise<RouteRow[]> =>
      tenants.run(tenant, (tx) => listRoutes(tx, { limit: 2, before }, { connectionId: other }));
    const first = await page(null);
    const second = await page(first[1]?.id ?? null);
    expect([...first, ...second].map((route) => route.id)).toEqual([...ids].reverse());
    expect(await tenants.run(stranger, (tx) => listRoutes(tx, { limit: 50, before: null }))).toEqual([]);
  });
});

async function untilBlocked(): Promise<void> {
  await waitUntil('somebody to wait for the lock', () =>
    database.asSuperuser(async (client) => {
      const { rowCount } = await client.query(
        `select 1 from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
        [database.name],
      );
      return (rowCount ?? 0) > 0;
    }),
  );
}
