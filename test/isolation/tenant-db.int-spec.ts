import { Database, type Tx } from '@hub/database';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { leftBehind, NOTHING } from '../support/left-behind';

describe('the tenant of a pooled connection', () => {
  let database: TestDatabase;
  let single: Database;
  let tenant: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    // One connection only, so that every borrower gets the one that the last gave back.
    single = new Database({ url: database.urls.app, poolSize: 1, applicationName: 'test' });
    tenant = (await database.createTenant()).id;
  });
  afterAll(async () => {
    await single?.close();
    await database?.close();
  });

  const seen = (tx: Tx): Promise<{ id: string }[]> => tx.query('select id from tenants');

  it('is gone after a commit', async () => {
    expect(await new TenantDb(single).run(tenant, seen)).toEqual([{ id: tenant }]);
    expect(await leftBehind(single)).toEqual(NOTHING);
  });

  it('is gone after a failure of the work, of a statement, and of the commit', async () => {
    const failures: ((tx: Tx) => Promise<unknown>)[] = [
      () => Promise.reject(new Error('work failed')),
      (tx) => tx.query('select 1 / 0'),
      async (tx) => {
        await tx.query('select 1 / 0').catch(() => undefined);
      },
      async (tx) => {
        await tx.query('set local statement_timeout = 20');
        await tx.query('select pg_sleep(5)');
      },
    ];
    for (const failure of failures) {
      await new TenantDb(single).run(tenant, failure).catch(() => undefined);
      expect(await leftBehind(single)).toEqual(NOTHING);
    }
  });

  it('would be seen by this test if it stayed', async () => {
    await single.transaction(() => Promise.resolve(), `select set_config('app.tenant_id','${tenant}',false)`);
    expect(await leftBehind(single)).toEqual({ setting: tenant, tenants: 1 });
    await single.query(`select set_config('app.tenant_id', '', false)`);
  });
});
