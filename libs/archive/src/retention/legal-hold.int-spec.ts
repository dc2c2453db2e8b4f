import { appendAudit, pruneChain, systemActor } from '@hub/audit';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { isOnLegalHold } from './expirer';
import { putBounds, putSettings } from './retention.repository';

const HOLD = { legalHold: true, reason: 'a case' };
const SETTINGS = { hotDays: null, archiveDays: null, deadLetterDays: null, ...HOLD };
const BOUNDS = { mostHotDays: null, leastArchiveDays: null, mostArchiveDays: null, mostDeadLetterDays: null, ...HOLD };
const KEPT = { minDays: 90, maxDays: 3_650 };

describe('a legal hold', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let tenant: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    tenant = (await database.createTenant()).id;
    const target = { type: 'mapping', id: 'map_1' };
    const entry = { action: 'mapping.published', actor: systemActor('retention'), target };
    for (let number = 0; number < 2; number++) await tenants.run(tenant, (tx) => appendAudit(tx, entry));
    // As if of last year, and signed.
    await database.asSuperuser(async (client) => {
      await client.query(
        `update audit_records set id = overlay(uuid_v7()::text placing left(uuid_v7_floor(now() - interval '500 days')::text, 13) from 1 for 13)::uuid
         where tenant_id = $1`,
        [tenant],
      );
      await client.query(
        `insert into audit_checkpoints (tenant_id, size, place, signed_at, note) values ($1, 2, 'first', now(), '')`,
        [tenant],
      );
    });
  });

  /** Set by the one or the other, and seen by nobody before `during` is done. */
  const setBy: Record<string, (during?: () => Promise<unknown>) => Promise<unknown>> = {
    'the tenant': (during) =>
      tenants.run(tenant, async (tx) => {
        await putSettings(tx, SETTINGS);
        await during?.();
      }),
    'an operator': (during) =>
      database.operator.transaction(async (tx) => {
        await putBounds(tx, tenant, BOUNDS);
        await during?.();
      }),
  };
  const isWaiting = async (): Promise<boolean> =>
    database.asSuperuser(async (client) => {
      const { rowCount } = await client.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return (rowCount ?? 0) > 0;
    });
  const prune = (isHeld: (tx: TenantTx) => Promise<boolean> = isOnLegalHold) =>
    pruneChain(tenants, tenant, KEPT, isHeld);

  describe.each(Object.keys(setBy))('set by %s', (who) => {
    const set = (during?: () => Promise<unknown>) => setBy[who]!(during);

    it('is waited for by who would prune, and stops him', async () => {
      let pruned: Promise<number> | undefined;
      await set(async () => {
        pruned = prune();
        await waitUntil('the pruning to wait', isWaiting);
      });
      expect(await pruned).toBe(0);
    });

    it('waits for who has asked and is pruning, and stops the next', async () => {
      let held: Promise<unknown> | undefined;
      const pruned = await prune(async (tx) => {
        const isHeld = await isOnLegalHold(tx);
        held ??= set();
        if (!isHeld) await waitUntil('the hold to wait', isWaiting);
        return isHeld;
      });
      await held;
      // What had begun: the next look, which comes at once, found the hold.
      expect(pruned).toBe(2);
      expect(await tenants.run(tenant, isOnLegalHold)).toBe(true);
    });
  });

  it('of one tenant waits for no other’s', async () => {
    const other = (await database.createTenant()).id;
    await tenants.run(other, async (tx) => {
      expect(await isOnLegalHold(tx)).toBe(false);
      await setBy['the tenant']!();
    });
    expect(await prune()).toBe(0);
  });
});
