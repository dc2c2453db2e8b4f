import { randomBytes } from 'node:crypto';
import { createLocalKeyring, newUuid } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { claimBacktest, saveBacktestStep } from '../backtest/backtest-work.repository';
import { createBacktest, listBacktestItems } from '../backtest/backtest.repository';
import { type BacktestDetail } from '../backtest/backtest.types';
import { addGoldenCase, deleteGoldenCase, findGoldenCase, updateGoldenCase } from '../golden/golden-case.repository';
import { insertMapping } from '../mapping.repository';
import { addVersion } from '../mapping-version.repository';
import { PayloadSeals, type PayloadSeal } from './payload-seals';

describe('what is kept of payloads', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let tenant: string;
  let seal: PayloadSeal;
  let strangers: PayloadSeal;
  let mappingId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
    const seals = new PayloadSeals({
      tenants,
      keyring: createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1'),
    });
    tenant = (await database.createTenant()).id;
    const made = await Promise.all([seals.of(tenant), seals.of((await database.createTenant()).id)]);
    [seal, strangers] = made.map((each) => {
      if (!each.ok) throw new Error(each.error.detail);
      return each.value;
    }) as [PayloadSeal, PayloadSeal];
    const mapping = { name: 'm', description: '', expression: '$', tables: {}, note: '' };
    const inserted = await within((tx) => insertMapping(tx, mapping));
    if (!inserted.ok) throw new Error(inserted.error.detail);
    mappingId = inserted.value.id;
  });
  afterAll(() => database?.close());

  /** Long enough that no seal has it by chance. */
  const SHOWN = 'Lovelace';
  const secret = `Ada ${SHOWN}`;
  const whole = {
    name: 'real',
    inputText: `{"name":"${secret}"}`,
    event: { source: secret },
    links: [{ type: 'customer', id: secret, system: 'crm', found: null }],
    outcome: 'output',
    output: secret,
    ignored: ['/at'],
  } as const;
  const within = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => tenants.run(tenant, work);
  const sql = (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
    database.asSuperuser(async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

  it('in a golden case is sealed for this case of this tenant', async () => {
    const kept = async (): Promise<string> => JSON.stringify(await sql(`select * from mapping_golden_cases`));
    const added = await within((tx) => addGoldenCase(tx, seal, mappingId, whole));
    if (!added.ok) throw new Error(added.error.detail);
    expect(added.value).toMatchObject(whole);
    const found = (id = added.value.id, by = seal): Promise<unknown> =>
      within((tx) => findGoldenCase(tx, by, mappingId, id));
    expect(await found()).toEqual(added);
    expect(await kept()).toContain('real');
    expect(await kept()).not.toContain(SHOWN);
    expect(await found(added.value.id, strangers)).toMatchObject({ error: { code: 'payloads_unreadable' } });

    const change = { output: `${secret}, Countess` };
    expect(await within((tx) => updateGoldenCase(tx, seal, mappingId, added.value.id, change))).toMatchObject({
      value: { ...whole, ...change },
    });
    expect(await kept()).not.toContain(SHOWN);
    // Moved to another case it does not open, and what nobody can read can still be deleted.
    const [moved] = await sql(`update mapping_golden_cases set id = uuid_v7() returning id`);
    const id = String(moved?.['id']);
    expect(await found(id)).toMatchObject({ error: { kind: 'unavailable', code: 'payloads_unreadable' } });
    expect(await within((tx) => deleteGoldenCase(tx, mappingId, id))).toMatchObject({ value: { name: 'real' } });
  });

  it('in a back-test is sealed for its place in the report', async () => {
    await within((tx) => addVersion(tx, mappingId, { expression: '$.x', tables: {}, note: '' }));
    const by = { type: 'api_key', id: 'key_1' } as const;
    const wanted = { mappingId, version: 2, expression: '', wanted: 2, routeIds: null, by };
    const connectionId = newUuid();
    await sql(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, 'c', 'http', '{}')`,
      tenant,
      connectionId,
    );
    await sql(
      `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation, mapping_id)
       values ($1, uuid_v7(), 'r', '*', '%', $2, 'thing.upsert', $3)`,
      tenant,
      connectionId,
      mappingId,
    );
    const made = await within((tx) => createBacktest(tx, wanted));
    if (!made.ok) throw new Error(made.error.detail);
    const claimed = await within((tx) => claimBacktest(tx, made.value.id));
    if (claimed === null) throw new Error('the back-test was not to be had');
    const detail = { reason: secret } as unknown as BacktestDetail;
    const place = { connectionId, routeId: null, syncId: null, deliveryId: null, trackingId: newUuid() };
    const item = { ...place, eventId: 'e', eventType: 't', outcome: 'changed', wasSent: 'same', detail } as const;
    const step = { beforeId: newUuid(), examined: 1, totals: {}, slowRuns: 0, workedMs: 1, end: null };
    expect(await within((tx) => saveBacktestStep(tx, seal, claimed, { ...step, items: [item, item] }))).toBe(true);
    const items = (opener = seal): Promise<unknown> =>
      within((tx) => listBacktestItems(tx, opener, made.value.id, { limit: 9, after: 0 }, {}));
    expect(await items()).toMatchObject({
      value: [
        { number: 1, detail },
        { number: 2, detail },
      ],
    });
    expect(JSON.stringify(await sql(`select * from mapping_backtest_items`))).not.toContain(SHOWN);
    expect(await items(strangers)).toMatchObject({ error: { code: 'payloads_unreadable' } });
    await sql(
      `update mapping_backtest_items set detail = (select detail from mapping_backtest_items where number = 1) where number = 2`,
    );
    expect(await items()).toMatchObject({ error: { code: 'payloads_unreadable' } });
  });
});
