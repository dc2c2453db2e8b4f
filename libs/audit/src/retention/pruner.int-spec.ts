import { waitUntil } from '@hub/testing';
import { appendAudit } from '../append/append-audit';
import { findHead, readChain } from '../chain/chain.repository';
import { originOf } from '../checkpoints/checkpoint';
import { ACTOR, entry, stageAudit, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany } from '../fixtures/verify-many';
import { viewOf } from '../read/record-view';
import { verifierKey } from '../signing/signed-note';
import { insertExport } from '../export/export.repository';
import { pruneChain } from './pruner';
import { eraseSubject, findRetentionDays, keepRetentionDays } from './retention.repository';

let stage: AuditStage;
let tenant: string;
stageAudit((...made) => ([stage, tenant] = made));

/** Records as if they were so old: their age is that of their ids. */
async function appendOld(count: number, days: number, tenantId = tenant): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await stage.tenants.run(tenantId, (tx) => appendAudit(tx, entry(number)));
    await stage.database.asSuperuser((client) =>
      client.query(
        `update audit_records set id = overlay(uuid_v7()::text placing left(uuid_v7_floor(now() - make_interval(days => $2))::text, 13) from 1 for 13)::uuid
         where tenant_id = $1 and seq = (select seq from audit_heads where tenant_id = $1)`,
        [tenantId, days],
      ),
    );
  }
}

const USUAL = { minDays: 90, maxDays: 3_650 };
const prune = (bounds = USUAL, isHeld = () => Promise.resolve(false)) =>
  pruneChain(stage.tenants, tenant, bounds, isHeld);
const sign = () => stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1))).signDue();
const headOf = () => stage.tenants.run(tenant, findHead);
const left = async () =>
  (await stage.tenants.run(tenant, (tx) => readChain(tx, 0, 1_000, 1_000))).map(({ seq }) => seq);

it('deletes what is old enough behind a checkpoint, says so in the chain, and what is left can be checked', async () => {
  await appendOld(3, 500);
  await sign();
  const signed = await headOf();
  await appendOld(2, 500);
  await stage.append(tenant, 6, 7);

  // Up to the checkpoint, though two more are old enough.
  expect(await prune()).toBe(3);
  expect(await left()).toEqual([4, 5, 6, 7, 8]);
  expect(await headOf()).toMatchObject({ prunedSize: 3, prunedHash: signed?.hash, size: 8 });
  const [, , , , tombstone] = await stage.tenants.run(tenant, (tx) => readChain(tx, 0, 1_000, 1_000));
  expect(viewOf(tenant, tombstone!)).toMatchObject({
    action: 'audit.pruned',
    actor: { type: 'system', id: 'retention' },
    details: { first_seq: 1, last_seq: 3, last_hash: signed?.hash.toString('hex'), retention_days: 400 },
  });

  const files = unpack(await stage.export(tenant, 'jsonl'));
  const keys = [verifierKey(originOf(tenant), stage.key.publicKey)];
  // Without the checkpoint on which the rest stands there would be no telling what was before it.
  const notes = (files.get('checkpoints.txt')?.toString() ?? '').split(/(?<=\n— .*\n)/);
  const orphaned = new Map([['checkpoints.txt', Buffer.from(notes.slice(1).join(''))]]);
  expect(
    verifyMany(
      [files],
      [
        { base: 0, keys },
        { base: 0, keys, changed: orphaned },
      ],
    ),
  ).toMatchObject([
    { ok: true, records: 5 },
    { ok: false, seq: 4 },
  ]);
});

it('deletes nothing that no checkpoint covers, nothing young, and nothing that an export reads', async () => {
  await appendOld(3, 500);
  expect(await prune()).toBe(0);
  await sign();
  const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
  expect(await prune()).toBe(0);
  await stage.database.asSuperuser((client) =>
    client.query(`update audit_exports set status = 'running' where id = $1`, [id]),
  );
  expect(await prune()).toBe(0);
  await stage.exporter().run(tenant, id, new AbortController().signal);
  expect(await prune()).toBe(3);
  await stage.append(tenant, 4, 5);
  await sign();
  expect(await prune()).toBe(0);
});

it('goes by the tenant’s own time', async () => {
  await appendOld(2, 100);
  await sign();
  expect(await prune()).toBe(0);
  await expect(stage.tenants.run(tenant, (tx) => keepRetentionDays(tx, 29))).rejects.toMatchObject({ code: '23514' });
  await stage.tenants.run(tenant, (tx) => keepRetentionDays(tx, 90));
  expect(await prune()).toBe(2);
});

it('never goes below thirty days, whoever asks', async () => {
  for (const days of [31, 29]) {
    await appendOld(1, days);
    await sign();
  }
  const forced = (): Promise<unknown[]> =>
    stage.tenants.run(tenant, (tx) => tx.query('select last_seq from prune_audit_records($1, 0, 1000)', [tenant]));
  expect(await forced()).toEqual([{ last_seq: 1 }]);
  expect(await forced()).toEqual([]);
});

it('waits for who is asking for an export, and leaves what that will read', async () => {
  await appendOld(3, 500);
  await sign();
  const isWaiting = async (): Promise<boolean> =>
    stage.database.asSuperuser(async (client) => {
      const { rowCount } = await client.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return (rowCount ?? 0) > 0;
    });
  // As the API does: it looks for exports while there is none to be seen, and the chain is locked.
  const asked = await stage.tenants.run(tenant, async (tx) => {
    const { id } = await insertExport(tx, 'jsonl', {});
    await appendAudit(tx, entry(4));
    const pruned = prune();
    await waitUntil('the pruning to wait for the chain', isWaiting);
    return { id, pruned };
  });
  expect(await asked.pruned).toBe(0);
  expect(await left()).toEqual([1, 2, 3, 4]);
  expect(await stage.exporter().run(tenant, asked.id, new AbortController().signal)).toBe('succeeded');
});

it('goes by the operator’s bounds, whatever the tenant has asked for, also before they were set', async () => {
  await appendOld(2, 450);
  await sign();
  const long = { minDays: 500, maxDays: 3_650 };
  expect(await stage.tenants.run(tenant, (tx) => findRetentionDays(tx, long))).toBe(500);
  expect(await prune(long)).toBe(0);
  await stage.tenants.run(tenant, (tx) => keepRetentionDays(tx, 3_000));
  expect(await prune()).toBe(0);
  expect(await prune({ minDays: 90, maxDays: 449 })).toBe(2);
});

it('leaves everything while it is held', async () => {
  await appendOld(2, 500);
  await sign();
  expect(await prune(USUAL, () => Promise.resolve(true))).toBe(0);
  expect(await left()).toEqual([1, 2]);
});

it.each(['retention_settings', 'retention_bounds'])('no person is erased while %s holds it', async (table) => {
  await stage.append(tenant, 1, 1);
  const other = (await stage.database.createTenant()).id;
  const hold = (tenantId: string, isHeld: boolean): Promise<unknown> =>
    stage.database.asSuperuser((client) =>
      client.query(
        `insert into ${table} (tenant_id, legal_hold, legal_hold_reason, legal_hold_since) values ($1, $2, 'a case', now())
         on conflict (tenant_id) do update set legal_hold = excluded.legal_hold`,
        [tenantId, isHeld],
      ),
    );
  const erased = (): Promise<boolean> => stage.tenants.run(tenant, (tx) => eraseSubject(tx, ACTOR.id));
  await hold(other, true);
  await hold(tenant, true);
  expect(await erased()).toBe(false);
  await hold(tenant, false);
  expect(await erased()).toBe(true);
});

it('stops before a young record with which a checkpoint ends', async () => {
  await appendOld(2, 500);
  await stage.append(tenant, 3, 3);
  await sign();
  expect(await prune()).toBe(0);
});

it('deletes no more in one transaction than it is told to', async () => {
  for (const count of [2, 1]) {
    await appendOld(count, 500);
    await sign();
  }
  const pruned = (most: number): Promise<unknown[]> =>
    stage.tenants.run(tenant, (tx) =>
      tx.query('select last_seq from prune_audit_records($1, 400, $2)', [tenant, most]),
    );
  expect(await pruned(1)).toEqual([]);
  expect(await pruned(2)).toEqual([{ last_seq: 2 }]);
  expect(await pruned(2)).toEqual([{ last_seq: 3 }]);
});

it('of one tenant touches no other', async () => {
  const other = (await stage.database.createTenant()).id;
  // Checkpoints of its own below the one up to which is pruned.
  await appendOld(2, 500, other);
  await sign();
  for (const tenantId of [tenant, other]) await appendOld(3, 500, tenantId);
  await sign();
  const theirs = (): Promise<unknown> =>
    stage.database.asSuperuser(async (client) => {
      const found: unknown[] = [];
      for (const table of ['audit_heads', 'audit_records', 'audit_checkpoints'])
        found.push((await client.query(`select * from ${table} where tenant_id = $1`, [other])).rows);
      return found;
    });
  const before = await theirs();
  expect(await prune()).toBe(3);
  expect(await theirs()).toEqual(before);
  const foreign = stage.tenants.run(other, (tx) =>
    tx.query('select * from prune_audit_records($1, 400, 1000)', [tenant]),
  );
  await expect(foreign).rejects.toMatchObject({ code: '42501' });
});
