import { randomBytes } from 'node:crypto';
import {
  ConnectionOpener,
  CredentialVault,
  insertConnection,
  keepFields,
  keepObjects,
  OAuthApps,
} from '@hub/connections';
import { createRegistry, type Connector, type ConnectorError, type FieldSummary } from '@hub/connector-sdk';
import { createLocalKeyring, err, newUuid, ok, silentLogger, type Result, type SafeHttp } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { ConnectorPulls } from '../sync/connector-pulls';
import { SchemaWatcher } from './schema-watcher';

const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let connection: string;
let asked: string[];
let answer: (object: string) => Result<readonly FieldSummary[], ConnectorError>;

const field = (name: string): FieldSummary => ({
  name,
  label: name,
  type: 'string',
  vendorType: 'text',
  requiredOnCreate: false,
  writable: true,
  externalId: false,
  maxLength: null,
  values: null,
});
const customer = { name: 'Customer', label: 'Customer', custom: false, createable: true, updateable: true };
const connector = {
  manifest: { id: 'vendor' },
  describeObjects: () => {
    asked.push('objects');
    return Promise.resolve(ok([customer]));
  },
  describeFields: (_context: unknown, object: string) => {
    asked.push(object);
    return Promise.resolve(answer(object));
  },
} as unknown as Connector;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
}, 60_000);
afterAll(() => database.close());

beforeEach(async () => {
  asked = [];
  answer = () => ok([field('Name')]);
  tenant = (await database.createTenant()).id;
  connection = newUuid();
  await tenants.run(tenant, async (tx) => {
    const inserted = await insertConnection(tx, {
      id: connection,
      name: 'vendor',
      connectorId: 'vendor',
      config: {},
      credentials: null,
      status: 'active',
      statusReason: null,
    });
    if (!inserted.ok) throw new Error(inserted.error.detail);
    await keepObjects(tx, connection, [customer]);
    await keepFields(tx, connection, 'Customer', [field('Name'), field('Phone')]);
  });
});

function watcher(): SchemaWatcher {
  const connectors = createRegistry([connector]);
  const vault = new CredentialVault({ tenants, keyring });
  return new SchemaWatcher({
    dispatcher: database.dispatcher,
    tenants,
    systems: new ConnectorPulls({
      opener: new ConnectionOpener({ tenants, connectors, vault }),
      connectors,
      context: { oauthApps: new OAuthApps(new Map()), limits: { report: () => undefined }, http: {} as SafeHttp },
      tenants,
      logger: silentLogger,
    }),
  });
}
const age = (hours: number): Promise<unknown> =>
  tenants.run(tenant, (tx) =>
    tx.query(
      `update connection_schemas set described_at = now() - $1 * interval '1 hour', looked_at = looked_at - $1 * interval '1 hour'`,
      [hours],
    ),
  );
const changes = (): Promise<{ object: string; type: string }[]> =>
  tenants.run(tenant, (tx) =>
    tx.query(
      `select data::jsonb ->> 'object' as object, type from hub_events where type = 'connection.schema_changed'`,
    ),
  );

describe('watching what vendors offer', () => {
  it('asks once a day about what was asked before, and tells what has changed', async () => {
    expect(await watcher().lookAtDue()).toBe(0);
    await age(25);
    const [first, second] = await Promise.all([watcher().lookAtDue(), watcher().lookAtDue()]);
    expect(first + second).toBe(2);
    expect(asked.sort()).toEqual(['Customer', 'objects']);
    expect(await changes()).toEqual([{ object: 'Customer', type: 'connection.schema_changed' }]);
    expect(await watcher().lookAtDue()).toBe(0);
    await age(25);
    expect(await watcher().lookAtDue()).toBe(2);
    expect(await changes()).toHaveLength(1);
  });

  it('leaves a vendor that refuses alone until tomorrow, and keeps what it knows', async () => {
    answer = () => err({ category: 'permission', code: 'no', message: 'no' });
    await age(25);
    expect(await watcher().lookAtDue()).toBe(1);
    expect(await watcher().lookAtDue()).toBe(0);
    expect(asked.filter((object) => object === 'Customer')).toHaveLength(1);
    expect(await changes()).toEqual([]);
  });

  it('asks nothing of a connection that is paused, or of a tenant that is suspended', async () => {
    await age(25);
    await tenants.run(tenant, (tx) => tx.query(`update connections set status = 'paused' where id = $1`, [connection]));
    expect(await watcher().lookAtDue()).toBe(0);
    await tenants.run(tenant, (tx) => tx.query(`update connections set status = 'active' where id = $1`, [connection]));
    await database.asSuperuser((client) =>
      client.query(`update tenants set status = 'suspended' where id = $1`, [tenant]),
    );
    expect(await watcher().lookAtDue()).toBe(0);
    expect(asked).toEqual([]);
  });
});
