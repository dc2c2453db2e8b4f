import { newUuid, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  deleteMapping,
  findMapping,
  findPublishedVersions,
  insertMapping,
  listMappings,
  publishVersion,
  rollbackMapping,
  updateMapping,
} from './mapping.repository';
import { addVersion, findVersion, listVersions } from './mapping-version.repository';
import { MappingVersions } from './mapping-versions';
import { type MappingRow, type NewMapping } from './mapping.types';

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

  it('publish a version, and roll back to the one below, never below the first', async () => {
    const { id } = await inserted();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    expect(await tenants.run(tenant, (tx) => publishVersion(tx, id, 2))).toMatchObject({
      ok: true,
      value: { published_version: 2 },
    });
    expect(await tenants.run(tenant, (tx) => findPublishedVersions(tx, [id]))).toEqual(new Map([[id, 2]]));
    expect(await tenants.run(tenant, (tx) => rollbackMapping(tx, id))).toMatchObject({
      ok: true,
      value: { published_version: 1 },
    });
    expect(await tenants.run(tenant, (tx) => rollbackMapping(tx, id))).toMatchObject({
      ok: false,
      error: { code: 'no_earlier_version' },
    });
    expect(await tenants.run(tenant, (tx) => publishVersion(tx, id, 9))).toMatchObject({
      ok: false,
      error: { kind: 'unprocessable', faults: [{ pointer: '/version' }] },
    });
    expect(await tenants.run(stranger, (tx) => publishVersion(tx, id, 1))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
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
      error: { kind: 'conflict', code: 'mapping_in_use', extra: { routes: 1 } },
    });
    expect(await tenants.run(stranger, (tx) => deleteMapping(tx, id))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
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
    expect(await versions.loadVersion(tenant, id, 1)).toMatchObject({ expression: '$' });
    await versions.loadVersion(tenant, id, 1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(await versions.loadVersion(tenant, id, 2)).toBeNull();
    await tenants.run(tenant, (tx) => addVersion(tx, id, content));
    expect(await versions.loadVersion(tenant, id, 2)).toMatchObject({ expression: '$.x' });
    expect(await versions.loadVersion(stranger, id, 1)).toBeNull();
    run.mockRestore();
  });
});
