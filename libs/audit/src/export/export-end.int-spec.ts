import { toPublicId } from '@hub/platform';
import { originOf } from '../checkpoints/checkpoint';
import { ACTOR, readArchive, stageAudit, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany } from '../fixtures/verify-many';
import { verifierKey } from '../signing/signed-note';
import { findExpiredExports, findExport, insertExport } from './export.repository';

const NEVER = new AbortController().signal;

let stage: AuditStage;
let tenant: string;
stageAudit((...made) => ([stage, tenant] = made));

const rowOf = (id: string) => stage.tenants.run(tenant, (tx) => findExport(tx, id));
const expiredOf = async (id: string) =>
  (await findExpiredExports(stage.database.dispatcher, 100)).filter((found) => found.id === id);
/** What is in the store of it. */
const keptOf = async (id: string): Promise<string[]> => {
  const page = await stage.store.list(`audit/exports/`);
  if (!page.ok) throw new Error(page.error.message);
  const names = page.value.objects.map(({ key }) => key.split('/'));
  return names.filter((key) => key.includes(toPublicId('auditExport', id))).map((key) => key.at(-1) ?? '');
};

describe('an export', () => {
  it('that has had its time is deleted', async () => {
    await stage.append(tenant, 1, 1);
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
    await stage.exporter().run(tenant, id, NEVER);
    expect(await expiredOf(id)).toEqual([]);
    const row = await rowOf(id);
    expect(Number(row?.expires_at) - Number(row?.finished_at)).toBe(7 * 86_400_000);
    await stage.database.asSuperuser((client) =>
      client.query(`update audit_exports set expires_at = now() - interval '1 second' where id = $1`, [id]),
    );
    expect(await expiredOf(id)).toEqual([{ tenantId: tenant, id }]);
    expect(await keptOf(id)).toHaveLength(8);
    // More than the store lists at once.
    const list = stage.store.list.bind(stage.store);
    const paged = jest.spyOn(stage.store, 'list').mockImplementation((prefix) => list(prefix, { limit: 3 }));
    await stage.exporter().expire(tenant, id);
    paged.mockRestore();
    expect(await rowOf(id)).toMatchObject({ status: 'expired' });
    expect(await keptOf(id)).toEqual([]);
    expect(await readArchive(stage.store, stage.tenants, tenant, id)).toEqual(Buffer.alloc(0));
  });

  it.each(['chain_broken', 'given_up'])('that came to nothing leaves no piece behind: %s', async (failure) => {
    await stage.append(tenant, 1, 4);
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'csv', {}));
    const sql = (text: string): Promise<unknown> =>
      stage.database.asSuperuser((client) => client.query(text, [failure === 'given_up' ? id : tenant]));
    if (failure === 'chain_broken') {
      await sql(`update audit_records set record = '{"forged":true}' where tenant_id = $1 and seq = 3`);
      expect(await stage.exporter(2).run(tenant, id, NEVER)).toBe('failed');
    } else {
      // The worker dies between a piece and the note of it.
      const dying = jest.spyOn(stage.tenants, 'run');
      const put = jest.spyOn(stage.store, 'put').mockImplementationOnce(async (key, body, options) => {
        dying.mockRejectedValueOnce(new Error('killed'));
        put.mockRestore();
        return stage.store.put(key, body, options);
      });
      await expect(stage.exporter(2).run(tenant, id, NEVER)).rejects.toThrow('killed');
      dying.mockRestore();
      await sql(`update audit_exports set failures = 60, lease_until = null where id = $1`);
      expect(await stage.exporter(2).run(tenant, id, NEVER)).toBe('not_mine');
    }
    expect(await keptOf(id)).toEqual(['records-000001.csv.gz', 'records-000001.jsonl.gz']);
    expect(await expiredOf(id)).toEqual([{ tenantId: tenant, id }]);
    const away = jest
      .spyOn(stage.store, 'delete')
      .mockResolvedValueOnce({ ok: false, error: { code: 'unreachable', message: 'away' } });
    await stage.exporter().expire(tenant, id);
    away.mockRestore();
    expect(await expiredOf(id)).toEqual([{ tenantId: tenant, id }]);
    await stage.exporter().expire(tenant, id);
    expect(await keptOf(id)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'failed', failure });
    expect(await expiredOf(id)).toEqual([]);
  });
});

describe('an erased tenant', () => {
  const erase = async (): Promise<void> => {
    await stage.database.asSuperuser((client) =>
      client.query(`update tenants set status = 'suspended' where id = $1`, [tenant]),
    );
    expect(await stage.database.operator.query(`select erase_tenant($1) as answer`, [tenant])).toEqual([
      { answer: 'erased' },
    ]);
  };

  it('has a chain that can still be exported and verified, and tells of nobody', async () => {
    await stage.append(tenant, 1, 5);
    await erase();
    const files = unpack(await stage.export(tenant, 'csv', {}, 2));
    const keys = [verifierKey(originOf(tenant), stage.key.publicKey)];
    expect(verifyMany([files], [{ base: 0, keys }])).toEqual([{ ok: true, records: 5, skipped: 0 }]);
    const text = ['000001', '000002', '000003'].map((number) => String(files.get(`records-${number}.jsonl`))).join('');
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { personal: unknown }).personal)).toEqual(Array(5).fill(null));
    for (const personal of [ACTOR.label, ACTOR.ip, ACTOR.userAgent])
      expect(Buffer.concat([...files.values()]).toString()).not.toContain(personal);
  });

  it('has no export that goes on: its pieces are deleted once nobody writes them any more', async () => {
    await stage.append(tenant, 1, 4);
    const [{ id }, queued] = await stage.tenants.run(tenant, async (tx) => [
      await insertExport(tx, 'jsonl', {}),
      await insertExport(tx, 'jsonl', {}),
    ]);
    const put = stage.store.put.bind(stage.store);
    const writing = jest.spyOn(stage.store, 'put').mockImplementation(async (key, body, options) => {
      if (key.includes('000002')) await erase();
      return put(key, body, options);
    });
    expect(await stage.exporter(2).run(tenant, id, NEVER)).toBe('not_mine');
    writing.mockRestore();
    const ended = { status: 'failed', failure: 'tenant_erased', finished_at: expect.any(Date) };
    expect(await rowOf(id)).toMatchObject(ended);
    expect(await rowOf(queued.id)).toMatchObject(ended);
    expect(await stage.exporter(2).run(tenant, queued.id, NEVER)).toBe('not_mine');

    // The one that wrote still had its time: what it wrote last has to be there when it is deleted.
    expect(await expiredOf(id)).toEqual([]);
    expect(await expiredOf(queued.id)).toEqual([{ tenantId: tenant, id: queued.id }]);
    expect(await keptOf(id)).toEqual(['records-000001.jsonl.gz', 'records-000002.jsonl.gz']);
    await stage.database.asSuperuser((client) =>
      client.query(`update audit_exports set expires_at = expires_at - interval '15 minutes' where id = $1`, [id]),
    );
    expect(await expiredOf(id)).toEqual([{ tenantId: tenant, id }]);
    await stage.exporter().expire(tenant, id);
    expect(await keptOf(id)).toEqual([]);
    expect(await expiredOf(id)).toEqual([]);
  });
});
