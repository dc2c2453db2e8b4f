import { randomBytes } from 'node:crypto';
import { createLocalKeyring, type Keyring } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { TenantDb } from '../tenant-db';
import { sealKeysAnew } from './seal-keys-anew';
import { TenantDataKeys } from './tenant-data-keys';

describe('data keys after a rotation of the master key', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
  });
  afterAll(() => database?.close());

  const MASTERS = ['k0', 'k1', 'k2'].map((id) => ({ id, key: randomBytes(32) }));
  const under = (active: string, known = MASTERS): TenantDataKeys => {
    const keyring: Keyring = createLocalKeyring(known, active);
    return new TenantDataKeys({ tenants, keyring });
  };
  const tenantUnder = async (master: string): Promise<string> => {
    const { id } = await database.createTenant();
    expect((await under(master).active(id)).ok).toBe(true);
    return id;
  };
  const masters = (): Promise<Record<string, string>> =>
    database.asSuperuser(async (client) => {
      const { rows } = await client.query(
        `select tenant_id, split_part(wrapped_key, '.', 2) as master from tenant_data_keys`,
      );
      return Object.fromEntries(rows.map((row) => [row.tenant_id, row.master]));
    });
  const sealAll = (keys: TenantDataKeys): Promise<void> =>
    sealKeysAnew({ dispatcher: database.dispatcher, keys, masterKeyId: 'k2', stopping: new AbortController().signal });

  it('are sealed anew though nobody uses them, suspended tenants among them, and open what they sealed', async () => {
    const used = await Promise.all(Array.from({ length: 101 }, () => tenantUnder('k1')));
    const [first = '', suspended = ''] = used;
    const place = { tenantId: first, connectionId: 'c', field: 'f' };
    const before = await under('k1').active(first);
    if (!before.ok) throw new Error(before.error.message);
    const keys = under('k2');
    const sealed = keys.envelope.seal('a secret', { dataKey: before.value.dataKey, aad: place });
    await database.asSuperuser((client) =>
      client.query(`update tenants set status = 'suspended' where id = $1`, [suspended]),
    );
    // Its master key is not known any more: it stays, and the others do not wait for it.
    const lost = await tenantUnder('k0');
    await sealAll(under('k2', MASTERS.slice(1)));
    const now = await masters();
    expect([...new Set(used.map((tenant) => now[tenant]))]).toEqual(['k2']);
    expect(now[lost]).toBe('k0');
    const after = await keys.byId(first, before.value.id);
    if (!after.ok) throw new Error(after.error.message);
    const opened = keys.envelope.open(sealed, { dataKey: after.value.dataKey, aad: place });
    expect(opened.ok && opened.value.toString()).toBe('a secret');
  });

  it('are found by a login that sees none of them', async () => {
    await expect(database.dispatcher.query('select wrapped_key from tenant_data_keys')).rejects.toThrow(
      'permission denied',
    );
  });
});
