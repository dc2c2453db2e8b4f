import { newUuid, toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  deleteConnection,
  findConnection,
  insertConnection,
  listConnections,
  updateConnection,
} from './connection.repository';
import { setConnectionStatus } from './connection-status.repository';
import { findConnectionHealth } from './connection-health.repository';
import { type ConnectionRow, type NewConnection } from './connection.types';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let stranger: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  tenant = (await database.createTenant()).id;
  stranger = (await database.createTenant()).id;
}, 60_000);

afterAll(() => database.close());

function insert(overrides: Partial<NewConnection> = {}, tenantId = tenant): Promise<Result<ConnectionRow, Problem>> {
  return tenants.run(tenantId, (tx) =>
    insertConnection(tx, {
      id: newUuid(),
      name: `c ${newUuid()}`,
      connectorId: 'http',
      config: { url: 'https://example.com' },
      credentials: null,
      status: 'active',
      statusReason: null,
      ...overrides,
    }),
  );
}

async function inserted(overrides: Partial<NewConnection> = {}): Promise<ConnectionRow> {
  const result = await insert(overrides);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

/** @returns its id, which is its name, too. */
async function addRoute(connectionId: string, enabled: boolean): Promise<string> {
  const id = newUuid();
  await tenants.run(tenant, (tx) =>
    tx.query(
      `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation, enabled)
       values ($1, $2, $2::uuid::text, '*', '%', $3, 'request.send', $4)`,
      [tenant, id, connectionId, enabled],
    ),
  );
  return id;
}

describe('connection repository', () => {
  it('creates the connection with the row its drains keep their state in', async () => {
    const connection = await inserted();
    expect(connection).toMatchObject({ status: 'active', has_credentials: false, revision: 1 });
    expect(await tenants.run(tenant, (tx) => findConnectionHealth(tx, connection.id))).toMatchObject({
      breaker_state: 'closed',
      consecutive_failures: 0,
      resume_at: null,
    });
    expect(await tenants.run(stranger, (tx) => findConnection(tx, connection.id))).toBeNull();
    expect(await tenants.run(stranger, (tx) => findConnectionHealth(tx, connection.id))).toBeNull();
  });

  it('shows a wait only while it lasts', async () => {
    const { id } = await inserted();
    const health = async (resumeAt: string): Promise<unknown> =>
      tenants.run(tenant, async (tx) => {
        await tx.query(
          `update connection_runtime set resume_at = now() + $2::interval, resume_reason = 'rate_limited' where connection_id = $1`,
          [id, resumeAt],
        );
        return findConnectionHealth(tx, id);
      });
    expect(await health('1 minute')).toMatchObject({ resume_reason: 'rate_limited', resume_at: expect.any(Date) });
    expect(await health('-1 second')).toMatchObject({ resume_reason: null, resume_at: null });
  });

  it('refuses a name that is taken, for this tenant alone, and frees it on deletion', async () => {
    const first = await inserted();
    const second = await inserted();
    const taken = { ok: false, error: { kind: 'conflict', code: 'name_taken', faults: [{ pointer: '/name' }] } };
    expect(await insert({ name: first.name })).toMatchObject(taken);
    expect(await tenants.run(tenant, (tx) => updateConnection(tx, second.id, { name: first.name }, 1))).toMatchObject(
      taken,
    );
    expect((await insert({ name: first.name }, stranger)).ok).toBe(true);
    expect(await tenants.run(tenant, (tx) => deleteConnection(tx, first.id))).toEqual({
      ok: true,
      value: { connectorId: 'http', config: first.config, credentials: null, isAccountShared: false },
    });
    expect(await tenants.run(tenant, (tx) => findConnection(tx, first.id))).toBeNull();
    expect((await insert({ name: first.name })).ok).toBe(true);
  });

  it('changes only the revision that the caller has seen', async () => {
    const { id, name } = await inserted();
    const change = (revision: number): Promise<Result<ConnectionRow, Problem>> =>
      tenants.run(tenant, (tx) => updateConnection(tx, id, { config: { url: 'https://new.example' } }, revision));
    expect(await change(1)).toMatchObject({
      ok: true,
      value: { revision: 2, name, config: { url: 'https://new.example' } },
    });
    expect(await change(1)).toMatchObject({ ok: false, error: { kind: 'conflict', code: 'changed_meanwhile' } });
    expect(await tenants.run(stranger, (tx) => updateConnection(tx, id, { name: 'mine' }, 2))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('is not deleted while an enabled route uses it', async () => {
    const { id } = await inserted();
    await addRoute(id, false);
    const route = await addRoute(id, true);
    expect(await tenants.run(tenant, (tx) => deleteConnection(tx, id))).toMatchObject({
      ok: false,
      error: {
        kind: 'conflict',
        code: 'connection_in_use',
        extra: { routes: 1, syncs: 0 },
        faults: [
          {
            pointer: '',
            code: 'used_by_route',
            message: `The route "${route}" leads to it.`,
            id: toPublicId('route', route),
          },
        ],
      },
    });
    for (let more = 0; more < 100; more++) await addRoute(id, true);
    const refused = await tenants.run(tenant, (tx) => deleteConnection(tx, id));
    expect(refused).toMatchObject({ ok: false, error: { extra: { routes: 101 } } });
    expect(refused.ok ? [] : refused.error.faults).toHaveLength(100);
    await tenants.run(tenant, (tx) => tx.query(`update routes set enabled = false where connection_id = $1`, [id]));
    expect(await tenants.run(tenant, (tx) => deleteConnection(tx, id))).toMatchObject({ ok: true });
    expect(await tenants.run(stranger, (tx) => deleteConnection(tx, id))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('is not deleted while a sync pulls from it', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) =>
      tx.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds)
         values ($1, $2, $2::uuid::text, $3, 'Customer', 60)`,
        [tenant, newUuid(), id],
      ),
    );
    const become = (status: string): Promise<unknown> =>
      tenants.run(tenant, (tx) => tx.query(`update syncs set status = $2 where connection_id = $1`, [id, status]));
    for (const status of ['active', 'failing']) {
      await become(status);
      expect(await tenants.run(tenant, (tx) => deleteConnection(tx, id))).toMatchObject({
        error: {
          code: 'connection_in_use',
          extra: { routes: 0, syncs: 1 },
          faults: [{ code: 'used_by_sync', id: expect.stringMatching(/^syn_/) }],
        },
      });
    }
    await become('paused');
    expect(await tenants.run(tenant, (tx) => deleteConnection(tx, id))).toMatchObject({ ok: true });
  });

  it('changes its status from where it may', async () => {
    const { id } = await inserted();
    const set = (
      ...args: [Parameters<typeof setConnectionStatus>[2], string | null, Parameters<typeof setConnectionStatus>[4]?]
    ) => tenants.run(tenant, (tx) => setConnectionStatus(tx, id, ...args));
    expect(await set('paused', 'paused_by_user')).toMatchObject({
      status: 'paused',
      status_reason: 'paused_by_user',
      revision: 1,
    });
    expect(await set('needs_reauth', 'auth_revoked', ['active'])).toBeNull();
    expect(await set('active', null, ['paused', 'needs_reauth'])).toMatchObject({
      status: 'active',
      status_reason: null,
    });
    expect(await tenants.run(stranger, (tx) => setConnectionStatus(tx, id, 'paused', null))).toBeNull();
  });

  it('lists newest first, page by page, filtered', async () => {
    const ids = [await inserted({ connectorId: 'x' }), await inserted({ connectorId: 'x', status: 'paused' })].map(
      ({ id }) => id,
    );
    const list = (before: string | null, filter = {}): Promise<string[]> =>
      tenants.run(tenant, async (tx) =>
        (await listConnections(tx, { limit: 1, before }, { connectorId: 'x', ...filter })).map(({ id }) => id),
      );
    expect(await list(null)).toEqual([ids[1]]);
    expect(await list(ids[1] ?? null)).toEqual([ids[0]]);
    expect(await list(null, { status: 'active' })).toEqual([ids[0]]);
    expect(
      await tenants.run(stranger, (tx) => listConnections(tx, { limit: 9, before: null }, { connectorId: 'x' })),
    ).toEqual([]);
  });
});
