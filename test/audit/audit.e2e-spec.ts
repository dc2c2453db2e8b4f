import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OPERATORS_CHAIN } from '@hub/audit';
import { waitUntil, type TestClient } from '@hub/testing';
import { stageHub, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';

const VERIFIER = path.resolve(__dirname, '../../libs/audit/src/verifier/verify.mjs');

interface AuditRecord {
  readonly id: string;
  readonly seq: number;
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly type: string; readonly id: string; readonly ip: string | null; readonly erased: boolean };
  readonly target: { readonly id: string };
  readonly before: unknown;
  readonly after: unknown;
  readonly request_id: string;
  readonly prev_hash: string;
  readonly hash: string;
}
interface Listed {
  readonly data: readonly AuditRecord[];
  readonly next_cursor: string | null;
}
interface Export {
  readonly id: string;
  readonly status: string;
  readonly progress: { readonly done: number; readonly total: number | null; readonly matched: number };
  readonly download: string | null;
  readonly bytes: number | null;
}

let hub: StagedHub;
let tenant: StagedTenant;
let folder: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-audit-e2e-'));
  hub = await stageHub();
});
afterAll(async () => {
  await hub?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tenant = await hub.newTenant();
});

const list = (client: TestClient, query = ''): Promise<Listed> =>
  client.demand<Listed>('GET', `/v1/audit-log${query === '' ? '' : `?${query}`}`);

async function madeMapping(): Promise<string> {
  const mapping = await tenant.client.demand<{ id: string }>('POST', '/v1/mappings', {
    name: unique('mapping'),
    expression: '1',
  });
  await tenant.client.demand('PATCH', `/v1/mappings/${mapping.id}`, { name: unique('renamed') });
  return mapping.id;
}

/** Waits for the worker, fetches the archive, and has it checked by the command, with the hub's own keys. */
async function fetched(client: TestClient, base: string, body: unknown): Promise<{ said: string; archive: string }> {
  const { id } = await client.demand<Export>('POST', `${base}/audit-exports`, body);
  const done = await waitUntil('the export', async () => {
    const found = await client.demand<Export>('GET', `${base}/audit-exports/${id}`);
    if (found.status === 'failed') throw new Error(JSON.stringify(found));
    return found.status === 'succeeded' && found;
  });
  const response = await fetch(client.apiUrl + String(done.download), {
    headers: { authorization: `Bearer ${client.key}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-type')).toBe('application/gzip');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(bytes).toHaveLength(done.bytes ?? -1);
  const archive = path.join(folder, `${id}.tar.gz`);
  fs.writeFileSync(archive, bytes);
  const { keys } = await client.demand<{ keys: string[] }>('GET', `${base}/audit-checkpoint`);
  const run = spawnSync(process.execPath, [VERIFIER, archive, '--key', keys.join('\n')], { encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([0, '']);
  return { said: run.stdout, archive };
}

describe('the audit log', () => {
  it('tells who did what to what, newest first, and is found by each of its filters', async () => {
    const mapping = await madeMapping();
    const all = await list(tenant.client);
    expect(all.data.map(({ action }) => action)).toEqual(['mapping.updated', 'mapping.created', 'tenant.created']);
    const [updated, created, tenantCreated] = all.data as [AuditRecord, AuditRecord, AuditRecord];
    expect(updated).toMatchObject({
      seq: 3,
      outcome: 'succeeded',
      actor: { type: 'api_key', id: expect.stringMatching(/^key_/), ip: '127.0.0.1', erased: false },
      target: { type: 'mapping', id: mapping },
      before: { id: mapping, latest_version: 1 },
      after: { id: mapping, name: expect.stringMatching(/^renamed/) },
      prev_hash: created.hash,
    });
    // Of an operator a tenant learns that they were one.
    expect(tenantCreated.actor).toMatchObject({ type: 'operator', ip: null });

    const moment = new Date().toISOString();
    const found = async (query: string): Promise<number[]> =>
      (await list(tenant.client, query)).data.map(({ seq }) => seq);
    expect(await found('action=mapping.updated')).toEqual([3]);
    expect(await found('action=mapping.*')).toEqual([3, 2]);
    expect(await found(`actor=${updated.actor.id}`)).toEqual([3, 2]);
    expect(await found(`target=${mapping}`)).toEqual([3, 2]);
    expect(await found('outcome=refused')).toEqual([]);
    expect(await found(`request_id=${updated.request_id}`)).toEqual([3]);
    expect(await found(`from=${moment}`)).toEqual([]);
    expect(await found(`to=${moment}`)).toEqual([3, 2, 1]);
    expect(await found('q=RENAMED')).toEqual([3]);
    const first = await list(tenant.client, 'limit=2');
    expect(first.data).toHaveLength(2);
    expect((await list(tenant.client, `limit=2&cursor=${first.next_cursor}`)).data.map(({ seq }) => seq)).toEqual([1]);
    expect(await tenant.client.demand('GET', `/v1/audit-log/${updated.id}`)).toEqual(updated);
    for (const bad of ['what=1', 'action=Nope', 'from=yesterday', 'outcome=maybe', 'cursor=x'])
      expect([bad, (await tenant.client.get(`/v1/audit-log?${bad}`)).status]).toEqual([bad, 400]);
  });

  it('is closed to a key without the scope, which is recorded', async () => {
    const { key } = await tenant.client.demand<{ key: string }>('POST', '/v1/api-keys', {
      name: 'narrow',
      environment: 'test',
      scopes: ['events:read'],
    });
    expect((await hub.client(key).get('/v1/audit-log')).status).toBe(403);
    const refused = await waitUntil('the refusal', async () => (await list(tenant.client, 'outcome=refused')).data[0]);
    expect(refused).toMatchObject({ action: 'access.refused', target: { id: 'GET /v1/audit-log' } });
  });

  it('is exported by the worker, checks out offline with the hub’s own keys, and says who took it', async () => {
    await madeMapping();
    const whole = await fetched(tenant.client, '/v1', { format: 'csv' });
    expect(whole.said).toContain('4 shown, 0 left out');
    const filtered = await fetched(tenant.client, '/v1', { filter: { action: 'mapping.*' } });
    expect(filtered.said).toMatch(/: 2 shown, 4 left out/);
    const names = spawnSync('tar', ['-tzf', whole.archive], { encoding: 'utf8' }).stdout.trim().split('\n');
    expect(names.map((name) => path.posix.basename(name))).toEqual([
      'manifest.sha256',
      'manifest.sig',
      'export.json',
      'keys.txt',
      'checkpoints.txt',
      'verify.mjs',
      'records-000001.jsonl',
      'records-000001.csv',
    ]);
    const actions = (await list(tenant.client, 'action=audit.*')).data.map(({ action }) => action);
    expect(actions).toEqual([
      'audit.export_downloaded',
      'audit.export_requested',
      'audit.export_downloaded',
      'audit.export_requested',
    ]);
    const exports = await tenant.client.demand<{ data: Export[] }>('GET', '/v1/audit-exports');
    expect(exports.data.map(({ status, progress }) => [status, progress])).toEqual([
      ['succeeded', { done: 6, total: 6, matched: 2 }],
      ['succeeded', { done: 4, total: 4, matched: 4 }],
    ]);
  });

  it('is exported for operators too, from their own chain', async () => {
    const { said } = await fetched(hub.operator, '/admin/v1', {});
    expect(said).toContain('integration-hub/audit/operators');
    const [newest] = (await hub.operator.demand<Listed>('GET', '/admin/v1/audit-log?action=tenant.created')).data;
    expect(newest).toMatchObject({ target: { id: tenant.publicId }, actor: { type: 'operator', ip: '127.0.0.1' } });
  });

  it('of a tenant is exported for operators, for a reason that both chains tell, whatever has become of the tenant', async () => {
    await madeMapping();
    const own = await tenant.client.demand<Export>('POST', '/v1/audit-exports', {});
    const base = `/admin/v1/tenants/${tenant.publicId}`;
    const { slug } = await hub.operator.demand<{ slug: string }>('GET', base);
    expect((await hub.operator.post(`${base}/audit-exports`, {})).status).toBe(400);
    const become: Readonly<Record<string, () => Promise<unknown>>> = {
      active: () => Promise.resolve(),
      suspended: () => hub.operator.demand('PATCH', base, { status: 'suspended' }),
      erased: () => hub.operator.demand('POST', `${base}/erasure`, { slug, reason: 'any' }),
    };
    for (const [state, happen] of Object.entries(become)) {
      await happen();
      const { said } = await fetched(hub.operator, base, { reason: `while ${state}` });
      expect([state, said]).toEqual([state, expect.stringContaining(`integration-hub/audit/${tenant.publicId}`)]);
    }
    const { data } = await hub.operator.demand<{ data: Export[] }>('GET', `${base}/audit-exports`);
    expect(data).toHaveLength(3);
    expect((await hub.operator.get(`${base}/audit-exports/${own.id}`)).status).toBe(404);
    for (const path of ['audit-exports', 'audit-checkpoint'])
      expect((await hub.operator.get(`/admin/v1/tenants/ten_01k9g8xv7hf2p9w3c5q6r7s8t9/${path}`)).status).toBe(404);

    const { rows } = await hub.database.asSuperuser((client) =>
      client.query<{ chain: string; action: string; reason: string }>(
        `select tenant_id::text as chain, action, record ->> 'reason' as reason from audit_records
         where target = any ($1) order by tenant_id, seq`,
        [data.map(({ id }) => id)],
      ),
    );
    for (const chain of [OPERATORS_CHAIN, tenant.uuid])
      expect(rows.filter((row) => row.chain === chain).map(({ action, reason }) => `${action} ${reason}`)).toEqual(
        Object.keys(become).flatMap((state) => [
          `audit.export_requested while ${state}`,
          `audit.export_downloaded while ${state}`,
        ]),
      );
  });

  it('is signed within the minute, and whoever keeps the checkpoint can use it', async () => {
    await madeMapping();
    const { note } = await waitUntil(
      'a checkpoint',
      async () => {
        const found = await tenant.client.demand<{ note: string | null }>('GET', '/v1/audit-checkpoint');
        return found.note !== null && found;
      },
      30_000,
    );
    const { archive } = await fetched(tenant.client, '/v1', {});
    const kept = path.join(folder, 'kept.txt');
    fs.writeFileSync(kept, String(note));
    const { keys } = await tenant.client.demand<{ keys: string[] }>('GET', '/v1/audit-checkpoint');
    const options = [archive, '--key', keys.join('\n'), '--checkpoints', kept];
    expect(spawnSync(process.execPath, [VERIFIER, ...options]).status).toBe(0);
  });

  it('forgets a person on request, keeps the records, and records who asked', async () => {
    await madeMapping();
    const subject = (await list(tenant.client)).data[0]?.actor.id;
    const { key } = await tenant.client.demand<{ key: string }>('POST', '/v1/api-keys', {
      name: 'privacy desk',
      environment: 'test',
      scopes: ['members:write', 'audit:read'],
    });
    const desk = hub.client(key);
    const erasure = { subject, reason: 'request 17' };
    expect((await desk.post('/v1/audit-log/erasures', erasure)).status).toBe(204);
    expect((await desk.post('/v1/audit-log/erasures', erasure)).status).toBe(404);
    const [newest, ...older] = (await list(desk)).data.filter(({ outcome }) => outcome === 'succeeded');
    expect(newest).toMatchObject({
      action: 'audit.personal_fields_erased',
      target: { id: subject },
      reason: 'request 17',
    });
    const theirs = older.filter(({ actor }) => actor.id === subject);
    expect(theirs.map(({ actor }) => [actor.ip, actor.erased])).toEqual(theirs.map(() => [null, true]));
    expect(theirs).toHaveLength(3);
    expect((await fetched(desk, '/v1', {})).said).toContain('OK');
  });

  it('forgets nobody while the tenant is on hold, whoever holds it', async () => {
    await madeMapping();
    const { client } = tenant;
    const before = await list(client);
    const erasure = { subject: before.data[0]?.actor.id, reason: 'request 18' };
    const held = { status: 409, body: { code: 'legal_hold' } };
    const hold = (is: boolean): Promise<unknown> =>
      client.demand('PUT', '/v1/retention', {
        ...{ hot_days: null, archive_days: null, dead_letter_days: null },
        ...{ legal_hold: is, reason: 'case 1' },
      });
    await hold(true);
    expect(await client.post('/v1/audit-log/erasures', erasure)).toMatchObject(held);
    await hold(false);
    const operators = (is: boolean): Promise<unknown> =>
      hub.database.asSuperuser((superuser) =>
        superuser.query(
          `insert into retention_bounds (tenant_id, legal_hold, legal_hold_reason, legal_hold_since) values ($1, $2, 'case 2', now())
           on conflict (tenant_id) do update set legal_hold = excluded.legal_hold`,
          [tenant.uuid, is],
        ),
      );
    await operators(true);
    expect(await client.post('/v1/audit-log/erasures', erasure)).toMatchObject(held);
    const records = (await list(client)).data.filter(({ actor }) => actor.id === erasure.subject);
    expect(records.filter(({ actor }) => actor.erased)).toEqual([]);
    await operators(false);
    expect((await client.post('/v1/audit-log/erasures', erasure)).status).toBe(204);
  });

  it('is kept as long as the tenant says, within what the operator allows', async () => {
    const { client } = tenant;
    expect(await client.demand('GET', '/v1/audit-settings')).toEqual({
      retention_days: 400,
      min_retention_days: 90,
      max_retention_days: 3_650,
    });
    expect(await client.demand('PUT', '/v1/audit-settings', { retention_days: 730 })).toMatchObject({
      retention_days: 730,
    });
    for (const days of [90, 3_650]) await client.demand('PUT', '/v1/audit-settings', { retention_days: days });
    for (const days of [89, 3_651])
      expect(await client.send('PUT', '/v1/audit-settings', { body: { retention_days: days } })).toMatchObject({
        status: 422,
        body: { code: 'retention_out_of_bounds', errors: [{ pointer: '/retention_days' }] },
      });
    expect((await list(client)).data[0]).toMatchObject({
      action: 'audit.retention_changed',
      before: { retention_days: 90 },
      after: { retention_days: 3_650 },
    });
  });

  it('is handed out to nobody where that cannot be recorded', async () => {
    const { id } = await tenant.client.demand<Export>('POST', '/v1/audit-exports', {});
    const { download } = await waitUntil('the export', async () => {
      const found = await tenant.client.demand<Export>('GET', `/v1/audit-exports/${id}`);
      return found.status === 'succeeded' && found;
    });
    const sql = (text: string): Promise<unknown> => hub.database.asSuperuser((client) => client.query(text));
    await sql(`alter table audit_records add constraint full_up check (action <> 'audit.export_downloaded') not valid`);
    const answer = await tenant.client.get(String(download));
    await sql(`alter table audit_records drop constraint full_up`);
    expect(answer.status).toBe(500);
  });

  it('answers for an export that is not there', async () => {
    const { client } = tenant;
    const { id } = await client.demand<Export>('POST', '/v1/audit-exports', {});
    await hub.database.asSuperuser((superuser) =>
      superuser.query(
        `update audit_exports set status = 'expired', bytes = 1, lease_until = 'infinity' where tenant_id = $1`,
        [tenant.uuid],
      ),
    );
    expect(await client.get(`/v1/audit-exports/${id}/download`)).toMatchObject({
      status: 409,
      body: { code: 'export_expired' },
    });
    expect((await client.get('/v1/audit-exports/axp_01k9g8xv7hf2p9w3c5q6r7s8t9')).status).toBe(404);
    expect((await client.post('/v1/audit-exports', { format: 'pdf' })).status).toBe(400);
    expect((await client.post('/v1/audit-exports', { filter: { what: 1 } })).status).toBe(400);
  });
});
