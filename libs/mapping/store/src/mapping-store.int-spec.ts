import { randomBytes } from 'node:crypto';
import { type MappingEngine } from '@hub/mapping-engine';
import { createLocalKeyring, err, newUuid, ok, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  deleteMapping,
  findMapping,
  findPublishedVersions,
  insertMapping,
  listMappings,
  updateMapping,
} from './mapping.repository';
import { addVersion, findVersion, listVersions } from './mapping-version.repository';
import { MappingVersions } from './mapping-versions';
import { type MappingRow, type NewMapping } from './mapping.types';
import { addGoldenCase } from './golden/golden-case.repository';
import { PayloadSeals, type PayloadSeal } from './sealing/payload-seals';
import { MappingPublisher } from './publish/mapping-publisher';
import { lastPublications } from './publish/publication.repository';
import { publishVersion, rollbackMapping, type Published, type PublishRequest } from './publish/publish.repository';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let stranger: string;
let seals: PayloadSeals;
let seal: PayloadSeal;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  tenant = (await database.createTenant()).id;
  stranger = (await database.createTenant()).id;
  const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
  seals = new PayloadSeals({ tenants, keyring });
  const made = await seals.of(tenant);
  if (!made.ok) throw new Error(made.error.detail);
  seal = made.value;
}, 60_000);

afterAll(() => database.close());

function insert(overrides: Partial<NewMapping> = {}): Promise<Result<MappingRow, Problem>> {
  const mapping = {
    name: `m ${newUuid()}`,
    description: '',
    expression: '$',
    tables: { t: { a: 1 } },
    note: 'first',
    ...overrides,
  };
  return tenants.run(tenant, (tx) => insertMapping(tx, mapping));
}

async function inserted(overrides: Partial<NewMapping> = {}): Promise<MappingRow> {
  const result = await insert(overrides);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

const content = { expression: '$.x', tables: {}, note: '' };
const by = { type: 'api_key', id: 'key_1' } as const;

function publish(id: string, request: Partial<PublishRequest>, as = tenant): Promise<Result<Published, Problem>> {
  const whole = { version: 1, by, golden: null, backtest: null, ...request };
  return tenants.run(as, (tx) => publishVersion(tx, id, whole));
}

function rollback(
  id: string,
  request: { toVersion?: number; expectedVersion?: number } = {},
): Promise<Result<Published, Problem>> {
  return tenants.run(tenant, (tx) => rollbackMapping(tx, id, { ...request, by }));
}

async function published(id: string): Promise<number | undefined> {
  return (await tenants.run(tenant, (tx) => findMapping(tx, id)))?.published_version;
}

describe('mappings', () => {
  it('start with a published version 1', async () => {
    const mapping = await inserted();
    expect(mapping).toMatchObject({ published_version: 1, latest_version: 1 });
    expect(await tenants.run(tenant, (tx) => findVersion(tx, mapping.id, 1))).toMatchObject({
      expression: '$',
      tables: { t: { a: 1 } },
      note: 'first',
    });
    expect(await tenants.run(stranger, (tx) => findMapping(tx, mapping.id))).toBeNull();
    expect(await tenants.run(stranger, (tx) => findVersion(tx, mapping.id, 1))).toBeNull();
  });

  it('number versions without gaps when several are added at once, and publish none of them', async () => {
    const { id } = await inserted();
    const added = await Promise.all(
      Array.from({ length: 6 }, () => tenants.run(tenant, (tx) => addVersion(tx, id, content))),
    );
    expect(added.map((result) => result.ok && result.value.version).sort()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(await tenants.run(tenant, (tx) => findMapping(tx, id))).toMatchObject({
      published_version: 1,
      latest_version: 7,
    });
  });

  it('publish a version, and roll back by the way that was taken', async () => {
    const { id } = await inserted();
    for (let version = 2; version <= 5; version++) await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    expect(await publish(id, { version: 2 })).toMatchObject({ ok: true, value: { before: 1, changed: true } });
    expect(await tenants.run(tenant, (tx) => findPublishedVersions(tx, [id]))).toEqual(new Map([[id, 2]]));
    await publish(id, { version: 5 });
    // Nothing is changed by it, so there is nothing to take back either.
    expect(await publish(id, { version: 5 })).toMatchObject({ ok: true, value: { changed: false } });
    expect([await rollback(id), await rollback(id)]).toMatchObject([
      { value: { before: 5 } },
      { value: { before: 2 } },
    ]);
    expect(await published(id)).toBe(1);
    expect(await rollback(id)).toMatchObject({ ok: false, error: { code: 'no_earlier_version' } });
    await publish(id, { version: 3 });
    expect(await rollback(id)).toMatchObject({ value: { before: 3, mapping: { published_version: 1 } } });
  });

  it('roll back to any version that was published once, and go on from where that was', async () => {
    const { id } = await inserted();
    for (let version = 2; version <= 4; version++) {
      await tenants.run(tenant, (tx) => addVersion(tx, id, content));
      if (version < 4) await publish(id, { version });
    }
    expect(await rollback(id, { toVersion: 4 })).toMatchObject({ error: { code: 'never_published' } });
    expect(await rollback(id, { toVersion: 9 })).toMatchObject({ error: { faults: [{ pointer: '/to_version' }] } });
    await rollback(id, { toVersion: 1 });
    expect(await rollback(id)).toMatchObject({ error: { code: 'no_earlier_version' } });
    // Rolled back too far: the newer one is as quickly there again, and is taken back to where one was.
    await rollback(id, { toVersion: 3 });
    expect(await published(id)).toBe(3);
    await rollback(id);
    expect(await published(id)).toBe(1);
    const last = await tenants.run(tenant, (tx) => lastPublications(tx, id, [1, 2, 3, 4]));
    expect([...last.values()].map(({ version, kind, actor_id: by }) => [version, kind, by])).toEqual([
      [1, 'rolled_back', 'key_1'],
      [2, 'published', 'key_1'],
      [3, 'rolled_back', 'key_1'],
    ]);
    expect(last.get(1)?.published_at).toBeInstanceOf(Date);
  });

  it('do neither for who expects another version to be published, or knows other golden cases', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    const changed = { ok: false, error: { code: 'published_version_changed', extra: { published_version: 1 } } };
    expect(await publish(id, { version: 2, expectedVersion: 2 })).toMatchObject(changed);
    expect(await rollback(id, { expectedVersion: 2 })).toMatchObject(changed);
    expect(await publish(id, { version: 2, golden: { cases: 0, revision: 1 } })).toMatchObject({
      error: { code: 'golden_cases_changed' },
    });
    expect(await publish(id, { version: 9 })).toMatchObject({
      ok: false,
      error: { kind: 'unprocessable', faults: [{ pointer: '/version' }] },
    });
    expect(await publish(id, { version: 1 }, stranger)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    expect(await publish(id, { version: 2, expectedVersion: 1, golden: { cases: 0, revision: 0 } })).toMatchObject({
      ok: true,
    });
  });

  it('of two who publish at once what they have seen, let one through', async () => {
    const { id } = await inserted();
    for (let version = 2; version <= 3; version++) await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    const both = await Promise.all([2, 3].map((version) => publish(id, { version, expectedVersion: 1 })));
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(await published(id)).toBe(both[0]?.ok === true ? 2 : 3);
  });

  it('that are older than the history are rolled back to the version below', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    await publish(id, { version: 2 });
    await database.asSuperuser((client) =>
      client.query(`delete from mapping_publications where mapping_id = $1`, [id]),
    );
    await rollback(id);
    expect(await published(id)).toBe(1);
    const last = await tenants.run(tenant, (tx) => lastPublications(tx, id, [2]));
    expect(last.get(2)).toMatchObject({ kind: 'found', published_at: null, actor_id: null });
  });

  it('keep their versions as they are: the app role may not change one', async () => {
    const { id } = await inserted();
    await expect(
      tenants.run(tenant, (tx) => tx.query(`update mapping_versions set expression = 'x' where mapping_id = $1`, [id])),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('refuse a name that is taken and free it on deletion', async () => {
    const first = await inserted();
    const second = await inserted();
    const taken = { ok: false, error: { code: 'name_taken', faults: [{ pointer: '/name' }] } };
    expect(await insert({ name: first.name })).toMatchObject(taken);
    expect(await tenants.run(tenant, (tx) => updateMapping(tx, second.id, { name: first.name }))).toMatchObject(taken);
    expect(await tenants.run(tenant, (tx) => deleteMapping(tx, first.id))).toEqual({ ok: true, value: null });
    expect(await tenants.run(tenant, (tx) => findMapping(tx, first.id))).toBeNull();
    expect((await insert({ name: first.name })).ok).toBe(true);
  });

  it('are not deleted while a route uses them', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, async (tx) => {
      const connection = newUuid();
      await tx.query(
        `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $2::uuid::text, 'http', '{}')`,
        [tenant, connection],
      );
      await tx.query(
        `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation, mapping_id, enabled)
         values ($1, $2, $2::uuid::text, '*', '%', $3, 'request.send', $4, false)`,
        [tenant, newUuid(), connection, id],
      );
    });
    expect(await tenants.run(tenant, (tx) => deleteMapping(tx, id))).toMatchObject({
      ok: false,
      error: { kind: 'conflict', code: 'mapping_in_use', extra: { routes: 1, syncs: 0 } },
    });
    expect(await tenants.run(stranger, (tx) => deleteMapping(tx, id))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('are not deleted while a sync uses them', async () => {
    const { id } = await inserted();
    const sync = newUuid();
    await tenants.run(tenant, async (tx) => {
      const connection = newUuid();
      await tx.query(
        `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $2::uuid::text, 'http', '{}')`,
        [tenant, connection],
      );
      await tx.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, mapping_id, status, interval_seconds)
         values ($1, $2, $2::uuid::text, $3, 'Account', $4, 'paused', 60)`,
        [tenant, sync, connection, id],
      );
    });
    const remove = (): Promise<Result<null, Problem>> => tenants.run(tenant, (tx) => deleteMapping(tx, id));
    expect(await remove()).toMatchObject({ error: { code: 'mapping_in_use', extra: { routes: 0, syncs: 1 } } });
    await tenants.run(tenant, (tx) => tx.query(`update syncs set deleted_at = now() where id = $1`, [sync]));
    expect((await remove()).ok).toBe(true);
  });

  it('list newest first, versions too', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    const [newest] = await tenants.run(tenant, (tx) => listMappings(tx, { limit: 1, before: null }));
    expect(newest).toMatchObject({ id, latest_version: 2 });
    const page = (before: number | null): Promise<unknown> =>
      tenants.run(tenant, (tx) => listVersions(tx, id, { limit: 1, before }));
    expect(await page(null)).toMatchObject([{ version: 2 }]);
    expect(await page(2)).toMatchObject([{ version: 1 }]);
    expect(await tenants.run(stranger, (tx) => listVersions(tx, id, { limit: 1, before: null }))).toBeNull();
  });
});

describe('the version cache', () => {
  it('asks the database once for a version, each time for one that is not there, and never crosses tenants', async () => {
    const { id } = await inserted();
    const run = jest.spyOn(tenants, 'run');
    const versions = new MappingVersions({ tenants });
    // A slice of deliveries asks for all of them at once.
    const asked = await Promise.all([1, 2, 3].map(() => versions.loadVersion(tenant, id, 1)));
    expect(asked).toMatchObject([{ expression: '$' }, { expression: '$' }, { expression: '$' }]);
    await versions.loadVersion(tenant, id, 1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(await versions.loadVersion(tenant, id, 2)).toBeNull();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    expect(await versions.loadVersion(tenant, id, 2)).toMatchObject({ expression: '$.x' });
    expect(await versions.loadVersion(stranger, id, 1)).toBeNull();
    run.mockRestore();
  });
});

describe('the publisher', () => {
  const golden = { inputText: '{}', event: {}, links: [], outcome: 'output', output: 1, ignored: [] } as const;
  const actor = { ...by, label: null, ip: null, userAgent: null, requestId: null };

  it('runs the golden cases again when they were changed while it ran them', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    await tenants.run(tenant, (tx) => addGoldenCase(tx, seal, id, { ...golden, name: 'first' }));
    const asked: number[] = [];
    const engine = {
      evaluateMany: async (requests: readonly unknown[]) => {
        asked.push(requests.length);
        if (asked.length === 1)
          await tenants.run(tenant, (tx) => addGoldenCase(tx, seal, id, { ...golden, name: 'second', output: 2 }));
        return requests.map(() => ok({ outputText: '1' }));
      },
    } as unknown as MappingEngine;
    const refused = await new MappingPublisher(tenants, engine, seals).publish(tenant, id, { version: 2 }, actor);
    expect(refused).toMatchObject({ error: { code: 'golden_cases_failed', extra: { golden_cases_failed: 1 } } });
    expect(asked).toEqual([1, 2]);
    expect(await published(id)).toBe(1);
  });

  it('publishes nothing when the cases cannot be run', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addGoldenCase(tx, seal, id, { ...golden, name: 'first' }));
    const busy = err({ code: 'mapping_unavailable', message: 'full' } as const);
    const engine = { evaluateMany: () => Promise.resolve([busy]) } as unknown as MappingEngine;
    const refused = await new MappingPublisher(tenants, engine, seals).publish(tenant, id, { version: 1 }, actor);
    expect(refused).toMatchObject({ error: { kind: 'unavailable' } });
  });
});
