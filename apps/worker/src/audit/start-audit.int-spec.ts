import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Registry } from 'prom-client';
import { appendAudit, systemActor } from '@hub/audit';
import { FolderStore, silentLogger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { startAudit } from './start-audit';

describe('the audit work of a worker', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-audit-work-'));
  });
  afterAll(async () => {
    await database?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const sql = (text: string, values: unknown[]): Promise<unknown[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows);

  /** With a chain of last year, signed. */
  async function oldTenant(): Promise<string> {
    const { id } = await database.createTenant();
    const target = { type: 'mapping', id: 'map_1' };
    const entry = { action: 'mapping.published', actor: systemActor('retention'), target };
    for (let number = 0; number < 2; number++) await tenants.run(id, (tx) => appendAudit(tx, entry));
    await sql(
      `update audit_records set id = overlay(uuid_v7()::text placing left(uuid_v7_floor(now() - interval '500 days')::text, 13) from 1 for 13)::uuid
       where tenant_id = $1`,
      [id],
    );
    await sql(
      `insert into audit_checkpoints (tenant_id, size, place, signed_at, note) values ($1, 2, 'first', now(), '')`,
      [id],
    );
    return id;
  }
  const actionsOf = (tenant: string): Promise<unknown[]> =>
    sql(`select action from audit_records where tenant_id = $1 order by seq`, [tenant]);

  it('prunes what has had its time, and nothing of a tenant on hold', async () => {
    // Chains are gone through in the order of their tenants: once the second is done, the first has had its turn.
    const [held, free] = [await oldTenant(), await oldTenant()].sort() as [string, string];
    await sql(
      `insert into retention_settings (tenant_id, legal_hold, legal_hold_reason, legal_hold_since) values ($1, true, 'a case', now())`,
      [held],
    );
    const work = await startAudit({
      app: database.app,
      dispatcher: database.dispatcher,
      tenants,
      store: new FolderStore(folder),
      signingKey: randomBytes(32).toString('base64'),
      exportKeptDays: 7,
      retention: { minDays: 90, maxDays: 3_650 },
      metrics: new Registry(),
      logger: silentLogger,
    });
    await waitUntil('the pruning', async () => (await actionsOf(free)).length === 1);
    await work.stop();
    expect(await actionsOf(free)).toEqual([{ action: 'audit.pruned' }]);
    expect(await actionsOf(held)).toEqual(Array(2).fill({ action: 'mapping.published' }));
  });
});
