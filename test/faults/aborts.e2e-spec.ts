import { Database, type Tx } from '@hub/database';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { shortOrLong } from '../support/form';
import { leftBehind, NOTHING } from '../support/left-behind';
import { faultRow } from './fault-row';

const ABORTS = shortOrLong(600, 10_000);
const CONNECTIONS = 4;

/** How a transaction ends half-way, in turn. */
const BREAK_OFF: readonly ((tx: Tx) => Promise<unknown>)[] = [
  () => Promise.reject(new Error('the work failed')),
  (tx) => tx.query('select 1 / 0'),
  async (tx) => {
    await tx.query(`set local statement_timeout = 1`);
    await tx.query('select pg_sleep(1)');
  },
  // Its answer is still to come when the work has failed.
  (tx) => {
    tx.query('select pg_sleep(0.002)').catch(() => undefined);
    return Promise.reject(new Error('the work failed'));
  },
  (tx) => tx.query('select pg_terminate_backend(pg_backend_pid())'),
];

describe('a pool whose transactions are broken off', () => {
  let database: TestDatabase;
  let pool: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Database({ url: database.urls.app, poolSize: CONNECTIONS, applicationName: 'test' });
  });
  afterAll(async () => {
    await pool?.close();
    await database?.close();
  });

  faultRow(
    'transactions of two tenants are broken off half-way',
    'the next borrower finds 0 foreign rows',
    async (told) => {
      const tenants = new TenantDb(pool);
      const [one, other] = [await database.createTenant(), await database.createTenant()];
      const foreign: unknown[] = [];
      let begun = 0;
      let completed = 0;
      const lane = async (): Promise<void> => {
        while (begun < ABORTS) {
          const breakOff = BREAK_OFF[begun % BREAK_OFF.length] as (tx: TenantTx) => Promise<unknown>;
          const own = (begun++ % 2 === 0 ? one : other).id;
          const halfWay = async (tx: TenantTx): Promise<void> => {
            const seen = await tx.query<{ id: string }>('select id from tenants');
            if (seen.length !== 1 || seen[0]?.id !== own) foreign.push(seen);
            await breakOff(tx);
            completed++;
          };
          await tenants.run(own, halfWay).catch(() => undefined);
          const left = await leftBehind(pool);
          if (left.tenants !== 0 || left.setting !== '') foreign.push(left);
        }
      };
      // More of them than connections, so that each is handed on at once.
      await Promise.all(Array.from({ length: 3 * CONNECTIONS }, lane));
      expect(completed).toBe(0);
      expect(foreign).toEqual([]);
      const left = await Promise.all(Array.from({ length: CONNECTIONS }, () => leftBehind(pool)));
      expect(left).toEqual(Array(CONNECTIONS).fill(NOTHING));
      told.note(`${begun} transactions of two tenants on ${CONNECTIONS} connections`);
    },
  );
});
