import { randomBytes } from 'node:crypto';
import { createLocalKeyring, newUuid, type Keyring } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { CredentialVault } from './credential-vault';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
}, 60_000);

afterAll(() => database.close());

beforeEach(async () => {
  tenant = (await database.createTenant()).id;
});

const oldKey = { id: 'k1', key: randomBytes(32) };
const newKey = { id: 'k2', key: randomBytes(32) };

function vaultWith(keyring: Keyring): CredentialVault {
  return new CredentialVault({ tenants, keyring });
}

function vault(): CredentialVault {
  return vaultWith(createLocalKeyring([oldKey], 'k1'));
}

async function wrappedKeys(): Promise<string[]> {
  const rows = await tenants.run(tenant, (tx) =>
    tx.query<{ wrapped_key: string }>(`select wrapped_key from tenant_data_keys`),
  );
  return rows.map((row) => row.wrapped_key);
}

async function sealed(by: CredentialVault, connectionId: string, secret: string) {
  const result = await by.seal(tenant, connectionId, { token: secret });
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

describe('the vault', () => {
  it('opens in another process what it sealed, and shows nothing of it', async () => {
    const connectionId = newUuid();
    const stored = await sealed(vault(), connectionId, 'canary-1');
    expect(JSON.stringify(stored)).not.toContain('canary');
    expect(await vault().open(tenant, connectionId, stored)).toEqual({ ok: true, value: { token: 'canary-1' } });
  });

  it('does not open what was moved to another connection or tenant', async () => {
    const connectionId = newUuid();
    const stored = await sealed(vault(), connectionId, 'x');
    const refused = { ok: false, error: { kind: 'unavailable', code: 'credentials_unreadable' } };
    expect(await vault().open(tenant, newUuid(), stored)).toMatchObject(refused);
    const stranger = (await database.createTenant()).id;
    expect(await vault().open(stranger, connectionId, stored)).toMatchObject(refused);
    // Even with the data key's row copied over: it is wrapped for its tenant.
    await database.asSuperuser((client) =>
      client.query(
        `insert into tenant_data_keys select $2, id, wrapped_key, active from tenant_data_keys where tenant_id = $1`,
        [tenant, stranger],
      ),
    );
    expect(await vault().open(stranger, connectionId, stored)).toMatchObject(refused);
  });

  it('makes one data key for a tenant, however many processes need it first', async () => {
    const connectionId = newUuid();
    // All six have found no key, and made their own, before the first may store it.
    let arrived = 0;
    let go: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (go = resolve));
    const local = createLocalKeyring([oldKey], 'k1');
    const meeting: Keyring = {
      ...local,
      wrap: async (dataKey, aad) => {
        if (++arrived === 6) go();
        await all;
        return local.wrap(dataKey, aad);
      },
    };
    const vaults = Array.from({ length: 6 }, () => vaultWith(meeting));
    const stored = await Promise.all(vaults.map((each, index) => sealed(each, connectionId, `s${index}`)));
    expect(await wrappedKeys()).toHaveLength(1);
    for (const [index, each] of stored.entries()) {
      expect(await vault().open(tenant, connectionId, each)).toEqual({ ok: true, value: { token: `s${index}` } });
    }
  });

  it('rewraps the data key after a rotation of the master key, so that the old master key can go', async () => {
    const connectionId = newUuid();
    const stored = await sealed(vault(), connectionId, 'kept');
    const both = vaultWith(createLocalKeyring([newKey, oldKey], 'k2'));
    expect(await both.open(tenant, connectionId, stored)).toMatchObject({ ok: true });
    expect(await wrappedKeys()).toEqual([expect.stringMatching(/^dk1\.k2\./)]);
    const newAlone = vaultWith(createLocalKeyring([newKey], 'k2'));
    expect(await newAlone.open(tenant, connectionId, stored)).toEqual({ ok: true, value: { token: 'kept' } });
  });

  it('answers a problem, not a throw, when the master key is gone', async () => {
    const connectionId = newUuid();
    const stored = await sealed(vault(), connectionId, 'x');
    const other = vaultWith(createLocalKeyring([newKey], 'k2'));
    expect(await other.open(tenant, connectionId, stored)).toMatchObject({
      ok: false,
      error: { code: 'credentials_unreadable' },
    });
    expect(await other.seal(tenant, connectionId, {})).toMatchObject({
      ok: false,
      error: { code: 'credentials_unreadable' },
    });
  });
});
