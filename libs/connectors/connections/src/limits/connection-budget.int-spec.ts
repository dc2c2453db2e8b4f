import { newUuid, silentLogger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { clearConnectionWaits } from '../store/connection-health.repository';
import { insertConnection } from '../store/connection.repository';
import { ConnectionBudget } from './connection-budget';
import { listLimits, type ConnectionLimitRow } from './connection-limits.repository';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let connection: string;
let budget: ConnectionBudget;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  tenant = (await database.createTenant()).id;
}, 60_000);
afterAll(() => database.close());

beforeEach(async () => {
  connection = newUuid();
  await tenants.run(tenant, (tx) =>
    insertConnection(tx, {
      id: connection,
      name: connection,
      connectorId: 'http',
      config: {},
      credentials: null,
      status: 'active',
      statusReason: null,
    }),
  );
  budget = new ConnectionBudget({ tenants, writeEveryMs: 20 });
});
afterEach(() => budget.close());

const limits = (): Promise<ConnectionLimitRow[]> => tenants.run(tenant, (tx) => listLimits(tx, connection));
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('the budget of a connection', () => {
  it('keeps the last of many readings in few writes', async () => {
    const run = jest.spyOn(tenants, 'run');
    for (let used = 1; used <= 500; used++) {
      budget.report(tenant, connection, { limit: 'daily_calls', used, max: 1_000 });
      budget.report(tenant, connection, { limit: 'per_minute', used: used % 7, max: 10 });
    }
    await waitUntil('the readings', async () => (await limits()).length === 2);
    const writes = run.mock.calls.filter(([, , options]) => options?.relaxedDurability === true).length;
    run.mockRestore();
    expect(await limits()).toMatchObject([
      { limit_name: 'daily_calls', used: 500, max: 1_000, resets_at: null },
      { limit_name: 'per_minute', used: 3, max: 10 },
    ]);
    expect(writes).toBe(1);
    expect(await budget.waitOf(tenant, connection)).toBeNull();
  });

  it('writes again for what comes later, and what waits when it is closed', async () => {
    budget.report(tenant, connection, { limit: 'daily_calls', used: 1, max: 10 });
    await waitUntil('the first', async () => (await limits())[0]?.used === 1);
    budget.report(tenant, connection, { limit: 'daily_calls', used: 2, max: 10 });
    await waitUntil('the second', async () => (await limits())[0]?.used === 2);
    budget.report(tenant, connection, { limit: 'daily_calls', used: 3, max: 10 });
    await budget.close();
    expect((await limits())[0]?.used).toBe(3);
  });

  it('makes everybody wait for a limit that is used up until a stated time, at most a day', async () => {
    const end = inMs(3_600_000);
    budget.report(tenant, connection, { limit: 'daily_calls', used: 10, max: 10, resetsAt: end });
    budget.report(tenant, connection, { limit: 'other', used: 9, max: 10, resetsAt: inMs(7_200_000) });
    const wait = await waitUntil('the wait', () => budget.waitOf(tenant, connection));
    expect(wait).toEqual({ until: new Date(end), reason: 'rate_limited' });
    // A shorter one does not shorten it.
    budget.report(tenant, connection, { limit: 'per_minute', used: 10, max: 10, resetsAt: inMs(60_000) });
    await waitUntil('the second reading', async () => (await limits()).length === 3);
    expect((await budget.waitOf(tenant, connection))?.until).toEqual(new Date(end));
    budget.report(tenant, connection, { limit: 'monthly', used: 10, max: 10, resetsAt: inMs(30 * 86_400_000) });
    await waitUntil('the longest reading', async () => (await limits()).length === 4);
    const longest = (await budget.waitOf(tenant, connection))?.until.getTime() ?? 0;
    expect(longest - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
    expect(longest - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const since = (): Promise<{ since: Date | null }[]> =>
      tenants.run(tenant, (tx) =>
        tx.query(`select limited_since as since from connection_runtime where connection_id = $1`, [connection]),
      );
    expect(await since()).toEqual([{ since: expect.any(Date) }]);
    await tenants.run(tenant, (tx) => clearConnectionWaits(tx, connection));
    expect(await since()).toEqual([{ since: null }]);
  });

  it('waits for nothing that has started anew, and shows it unused', async () => {
    budget.report(tenant, connection, { limit: 'daily_calls', used: 10, max: 10, resetsAt: inMs(-1_000) });
    await waitUntil('the reading', async () => (await limits()).length === 1);
    expect(await limits()).toMatchObject([{ used: 0, max: 10 }]);
    expect(await budget.waitOf(tenant, connection)).toBeNull();
  });

  it('adds up what several processes count of one window, and waits for its end', async () => {
    const other = new ConnectionBudget({ tenants, writeEveryMs: 20 });
    const resetsAt = inMs(60_000);
    const counted = { limit: 'calls_per_minute', used: 1, max: 500, counted: true, resetsAt } as const;
    const usedIs = (used: number): Promise<unknown> =>
      waitUntil(`${used} calls`, async () => (await limits())[0]?.used === used);
    for (let call = 0; call < 300; call++) budget.report(tenant, connection, counted);
    await usedIs(300);
    for (let call = 0; call < 199; call++) other.report(tenant, connection, counted);
    await usedIs(499);
    expect(await budget.waitOf(tenant, connection)).toBeNull();
    // Of the window before: too late.
    other.report(tenant, connection, { ...counted, used: 400, resetsAt: inMs(1_000) });
    budget.report(tenant, connection, { limit: 'no end', used: 1, max: 2, counted: true });
    await other.close();
    budget.report(tenant, connection, counted);
    const wait = await waitUntil('the wait', () => budget.waitOf(tenant, connection));
    expect(wait).toEqual({ until: new Date(resetsAt), reason: 'rate_limited' });
    expect(await limits()).toMatchObject([{ limit_name: 'calls_per_minute', used: 500, max: 500 }]);
    budget.report(tenant, connection, { ...counted, resetsAt: inMs(120_000) });
    await usedIs(1);
  });

  it('ignores nonsense, and survives a database that is away', async () => {
    const warn = jest.fn();
    const lost = new ConnectionBudget({
      tenants: { run: () => Promise.reject(new Error('away')) } as unknown as TenantDb,
      logger: { ...silentLogger, warn },
    });
    lost.report(tenant, connection, { limit: 'daily_calls', used: 1, max: 10 });
    await lost.close();
    expect(warn).toHaveBeenCalledTimes(1);
    for (const reading of [
      { limit: '', used: 1, max: 2 },
      { limit: 'a', used: Number.NaN, max: 2 },
      { limit: 'b', used: 1, max: 0 },
      { limit: 'c', used: -1, max: 2 },
      { limit: 'd', used: 1, max: 2, resetsAt: 'soon' },
    ])
      budget.report(tenant, connection, reading);
    budget.report(tenant, connection, { limit: 'good', used: 1.4, max: 2 });
    await waitUntil('the good one', async () => (await limits()).length > 0);
    expect(await limits()).toMatchObject([{ limit_name: 'good', used: 1 }]);
  });
});
