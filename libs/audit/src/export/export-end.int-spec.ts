import { toPublicId } from '@hub/platform';
import { readArchive, setAuditStage, type AuditStage } from '../fixtures/audit-stage';
import { findExpiredExports, findExport, insertExport } from './export.repository';

const NEVER = new AbortController().signal;

let stage: AuditStage;
let tenant: string;
beforeAll(async () => {
  stage = await setAuditStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  tenant = (await stage.database.createTenant()).id;
});

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
    await stage.database.asSuperuser((client) =>
      client.query(`update audit_exports set expires_at = now() - interval '1 second' where id = $1`, [id]),
    );
    expect(await expiredOf(id)).toEqual([{ tenantId: tenant, id }]);
    expect(await keptOf(id)).toHaveLength(8);
    await stage.exporter().expire(tenant, id);
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
