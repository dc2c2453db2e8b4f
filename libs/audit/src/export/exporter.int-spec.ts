import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { appendAudit } from '../append/append-audit';
import { originOf, signCheckpoint } from '../checkpoints/checkpoint';
import { ACTOR, entry, newSigningKey, readArchive, stageAudit, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany } from '../fixtures/verify-many';
import { eraseSubject } from '../retention/retention.repository';
import { verifierKey } from '../signing/signed-note';
import { claimExport, findExport, insertExport } from './export.repository';

const VERIFIER = path.join(__dirname, '../verifier/verify.mjs');
const AS_BROWSER = path.join(__dirname, '../fixtures/verify-archive.mjs');
const NEVER = new AbortController().signal;

let stage: AuditStage;
let tenant: string;
stageAudit((...made) => ([stage, tenant] = made));

const keyOf = (tenantId: string): string => verifierKey(originOf(tenantId), stage.key.publicKey);
const rowOf = (id: string) => stage.tenants.run(tenant, (tx) => findExport(tx, id));
const linesOf = (files: ReadonlyMap<string, Buffer>, number = '000001'): string[] =>
  (files.get(`records-${number}.jsonl`)?.toString('utf8') ?? '').trimEnd().split('\n');

/** The command, as somebody without the hub runs it. */
function verify(place: string, ...options: string[]): { status: number | null; said: string } {
  const run = spawnSync(process.execPath, [VERIFIER, place, ...options], { encoding: 'utf8' });
  return { status: run.status, said: run.stdout + run.stderr };
}

function laidOut(files: ReadonlyMap<string, Buffer>): string {
  const folder = fs.mkdtempSync(path.join(stage.folder, 'out-'));
  for (const [name, bytes] of files) fs.writeFileSync(path.join(folder, name), bytes);
  return folder;
}

describe('an export', () => {
  it('holds in the archive and unpacked, with the hub’s key and with its own', async () => {
    await stage.append(tenant, 1, 7);
    await stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1))).signDue();
    const archive = await stage.export(tenant, 'csv', {}, 3);
    const file = path.join(stage.folder, 'export.tar.gz');
    fs.writeFileSync(file, archive);
    const files = unpack(archive);
    expect([...files.keys()].sort()).toEqual([
      'checkpoints.txt',
      'export.json',
      'keys.txt',
      'manifest.sha256',
      'manifest.sig',
      ...['000001', '000002', '000003'].flatMap((number) => [`records-${number}.csv`, `records-${number}.jsonl`]),
      'verify.mjs',
    ]);
    expect(verify(file, '--key', keyOf(tenant))).toMatchObject({
      status: 0,
      said: expect.stringContaining('7 shown, 0 left out'),
    });
    const { exported_at: exportedAt } = JSON.parse(String(files.get('export.json'))) as { exported_at: string };
    const unkeyed = verify(laidOut(files));
    expect(unkeyed.said).toContain(`2 signed checkpoints hold; the last is of ${exportedAt}.`);
    expect(unkeyed).toMatchObject({ status: 0, said: expect.stringContaining(keyOf(tenant)) });
  });

  it('holds for what a browser checks with, and is broken for it where it is broken', async () => {
    await stage.append(tenant, 1, 7);
    const archive = await stage.export(tenant, 'csv', {}, 3);
    const file = path.join(stage.folder, 'browser.tar.gz');
    const verdictOn = (bytes: Buffer): unknown => {
      fs.writeFileSync(file, bytes);
      const run = spawnSync(process.execPath, [AS_BROWSER, file, keyOf(tenant)], { encoding: 'utf8' });
      return JSON.parse(run.stdout) as unknown;
    };
    const progress = [3, 6, 7].map((done) => [done, 7]);
    expect(verdictOn(archive)).toEqual({ records: 7, progress });
    // Packed by somebody else, in one piece.
    expect(verdictOn(gzipSync(gunzipSync(archive)))).toEqual({ records: 7, progress });
    const plain = gunzipSync(archive);
    plain.write('X', plain.indexOf('"action"', plain.indexOf('{"seq":5,')) + 12);
    expect(verdictOn(gzipSync(plain))).toMatchObject({ seq: 5 });
    for (const end of [10, 600, archive.length - 200])
      expect(verdictOn(archive.subarray(0, end))).toEqual({
        broken: expect.any(String),
        seq: null,
        isReordered: false,
      });
  });

  it('can be unpacked and checked by tools that everybody has', async () => {
    await stage.append(tenant, 1, 2);
    const folder = fs.mkdtempSync(path.join(stage.folder, 'tar-'));
    fs.writeFileSync(path.join(folder, 'export.tar.gz'), await stage.export(tenant, 'jsonl'));
    const untar = spawnSync('tar', ['-xzf', 'export.tar.gz', '--strip-components=1'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(untar).toMatchObject({ status: 0, stderr: '' });
    fs.rmSync(path.join(folder, 'export.tar.gz'));
    const sums = spawnSync('sha256sum', ['--check', '--strict', 'manifest.sha256'], { cwd: folder, encoding: 'utf8' });
    expect(sums).toMatchObject({ status: 0 });
    expect(verify(folder, '--key', keyOf(tenant)).status).toBe(0);
  });

  it('that is filtered shows what was asked for, gives the rest by digest, and holds', async () => {
    await stage.append(tenant, 1, 9);
    // Of another kind, whose name begins like it.
    await stage.tenants.run(tenant, (tx) => appendAudit(tx, entry(10, { action: 'router.restarted' })));
    const files = unpack(await stage.export(tenant, 'csv', { action: 'route.*' }));
    const lines = linesOf(files).map(
      (line) => JSON.parse(line) as { seq: number; record?: { action: string }; digest?: string },
    );
    expect(lines.filter(({ record }) => record !== undefined).map(({ seq }) => seq)).toEqual([3, 6, 9]);
    expect(lines.filter(({ digest }) => digest !== undefined)).toHaveLength(7);
    expect(files.get('records-000001.jsonl')?.toString()).not.toContain('mapping.published');
    expect(parse(files.get('records-000001.csv') ?? '', { columns: true })).toHaveLength(3);
    expect(verifyMany([files], [{ base: 0, keys: [keyOf(tenant)] }])).toEqual([{ ok: true, records: 3, skipped: 7 }]);
  });

  it('shows personal fields beside the record, and none once they are erased', async () => {
    await stage.append(tenant, 1, 1);
    const before = unpack(await stage.export(tenant, 'jsonl'));
    expect(JSON.parse(linesOf(before)[0] ?? '')).toMatchObject({ personal: { ip: ACTOR.ip, label: ACTOR.label } });
    await stage.tenants.run(tenant, (tx) => eraseSubject(tx, ACTOR.id));
    const after = unpack(await stage.export(tenant, 'csv'));
    expect(JSON.parse(linesOf(after)[0] ?? '')).toMatchObject({ personal: null });
    expect(Buffer.concat([...after.values()]).toString()).not.toContain(ACTOR.ip);
    const keys = [keyOf(tenant)];
    expect(
      verifyMany(
        [before, after],
        [0, 1].map((base) => ({ base, keys })),
      ),
    ).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('gives a spreadsheet no formula to run', async () => {
    const dangers = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'];
    for (const name of dangers)
      await stage.tenants.run(tenant, (tx) =>
        appendAudit(tx, entry(1, { target: { type: 'mapping', id: 'map_1', name }, reason: name })),
      );
    const csv = unpack(await stage.export(tenant, 'csv')).get('records-000001.csv') ?? Buffer.alloc(0);
    const rows = parse<Record<string, string>>(csv, { columns: true, relax_quotes: false });
    expect(rows.map((row) => row['target_name'])).toEqual(dangers.map((name) => `'${name}`));
    expect(rows.map((row) => row['reason'])).toEqual(dangers.map((name) => `'${name}`));
  });

  it('goes on after the last piece when the worker dies, and another may take it', async () => {
    await stage.append(tenant, 1, 6);
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
    const put = stage.store.put.bind(stage.store);
    const dying = jest.spyOn(stage.store, 'put').mockImplementation((key, body, options) => {
      if (key.includes('000003')) throw new Error('killed');
      return put(key, body, options);
    });
    await expect(stage.exporter(2).run(tenant, id, NEVER)).rejects.toThrow('killed');
    dying.mockRestore();
    expect(await rowOf(id)).toMatchObject({ status: 'running', done_seq: 4, last_seq: 6 });

    expect(await readArchive(stage.store, stage.tenants, tenant, id)).toEqual(Buffer.alloc(0));

    // Nobody takes what another holds, until its time is up.
    expect(await stage.exporter(2).run(tenant, id, NEVER)).toBe('not_mine');
    await stage.database.asSuperuser((client) =>
      client.query(`update audit_exports set lease_until = now() - interval '1 second' where id = $1`, [id]),
    );
    // What was recorded meanwhile is not part of it.
    await stage.append(tenant, 7, 8);
    const written = jest.spyOn(stage.store, 'put');
    expect(await stage.exporter(2).run(tenant, id, NEVER)).toBe('succeeded');
    expect(written.mock.calls.map(([key]) => path.basename(key)).filter((name) => name.startsWith('records'))).toEqual([
      'records-000003.jsonl.gz',
    ]);
    written.mockRestore();
    const files = unpack(await readArchive(stage.store, stage.tenants, tenant, id));
    expect(verifyMany([files], [{ base: 0, keys: [keyOf(tenant)] }])).toEqual([{ ok: true, records: 6, skipped: 0 }]);
  });

  it('is left when the worker stops or the store does not answer, and taken up again', async () => {
    await stage.append(tenant, 1, 2);
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
    expect(await stage.exporter().run(tenant, id, AbortSignal.abort())).toBe('interrupted');
    const again = (): Promise<unknown> =>
      stage.database.asSuperuser((client) =>
        client.query(`update audit_exports set lease_until = null where id = $1`, [id]),
      );
    await again();
    const full = jest
      .spyOn(stage.store, 'put')
      .mockResolvedValue({ ok: false, error: { code: 'full', message: 'no room' } });
    expect(await stage.exporter().run(tenant, id, NEVER)).toBe('interrupted');
    full.mockRestore();
    await again();
    expect(await stage.exporter().run(tenant, id, NEVER)).toBe('succeeded');
  });

  it.each([
    ['was changed', `update audit_records set record = '{"forged":true}' where tenant_id = $1 and seq = 3`],
    ['has lost its end', `delete from audit_records where tenant_id = $1 and seq = 4`],
  ])('is refused over a chain that %s: nothing false goes out under a signature', async (_what, change) => {
    await stage.append(tenant, 1, 4);
    await stage.database.asSuperuser((client) => client.query(change, [tenant]));
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
    expect(await stage.exporter().run(tenant, id, NEVER)).toBe('failed');
    expect(await rowOf(id)).toMatchObject({ status: 'failed', failure: 'chain_broken' });
  });

  it('is given up after so many attempts that came to nothing', async () => {
    await stage.append(tenant, 1, 1);
    const { id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {}));
    await stage.database.asSuperuser((client) =>
      client.query(`update audit_exports set failures = 60 where id = $1`, [id]),
    );
    expect(await stage.tenants.run(tenant, (tx) => claimExport(tx, id))).toBeNull();
    expect(await rowOf(id)).toMatchObject({ status: 'failed', failure: 'given_up' });
  });
});

describe('the verifier’s command', () => {
  it('is what `npx hub-audit-verify` runs, without the help of anything installed', () => {
    const root = path.resolve(__dirname, '../../../..');
    const { bin } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    const command = path.join(root, bin['hub-audit-verify'] ?? '');
    expect(fs.realpathSync(command)).toBe(fs.realpathSync(VERIFIER));
    fs.accessSync(command, fs.constants.X_OK);
    const text = fs.readFileSync(command, 'utf8');
    expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true);
    // Of Node.js itself, whatever else stands beside it.
    const loaded = [...text.matchAll(/\b(?:from |import |import\(|require\()(?:\/\*.*?\*\/ )?['"`]([^'"`]+)/g)];
    expect(loaded.map(([, name]) => name)).toEqual(['node:${name}']);
    // As a package manager puts it into the path.
    const linked = path.join(stage.folder, 'hub-audit-verify');
    fs.symlinkSync(command, linked);
    expect(spawnSync(linked, [path.join(stage.folder, 'nothing')], { encoding: 'utf8' }).status).toBe(2);
  });

  it('names the first bad record and ends with 1', async () => {
    await stage.append(tenant, 1, 5);
    const files = unpack(await stage.export(tenant, 'jsonl'));
    const lines = linesOf(files);
    lines[2] = (lines[2] ?? '').replace('mapping 3', 'mapping 8');
    files.set('records-000001.jsonl', Buffer.from(`${lines.join('\n')}\n`));
    expect(verify(laidOut(files))).toEqual({
      status: 1,
      said: 'BROKEN at record 3: the record does not have the hash that is given for it.\n',
    });
  });

  it('believes no key but the one that it is given', async () => {
    await stage.append(tenant, 1, 2);
    const place = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    const another = verifierKey(originOf(tenant), newSigningKey().publicKey);
    expect(verify(place, '--key', another)).toMatchObject({
      status: 1,
      said: expect.stringContaining('none of the keys'),
    });
    const file = path.join(stage.folder, 'keys');
    fs.writeFileSync(file, `${another}\n${keyOf(tenant)}\n`);
    expect(verify(place, '--key', file).status).toBe(0);
  });

  it('finds out with a checkpoint kept elsewhere that the chain was cut off, or is another one', async () => {
    await stage.append(tenant, 1, 6);
    const whole =
      unpack(await stage.export(tenant, 'jsonl'))
        .get('checkpoints.txt')
        ?.toString() ?? '';
    const kept = path.join(stage.folder, 'kept.txt');
    fs.writeFileSync(kept, whole);
    // The tail goes, as far as the owner of the database can make it go, and the hub itself signs what is left.
    await stage.database.asSuperuser(async (client) => {
      await client.query(`delete from audit_records where tenant_id = $1 and seq > 4`, [tenant]);
      await client.query(
        `update audit_heads h set seq = 4, hash = (select hash from audit_records where tenant_id = h.tenant_id and seq = 4) where tenant_id = $1`,
        [tenant],
      );
    });
    const short = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    expect(verify(short, '--key', keyOf(tenant)).status).toBe(0);
    expect(verify(short, '--key', keyOf(tenant), '--checkpoints', kept)).toMatchObject({
      status: 1,
      said: expect.stringContaining('BROKEN at record 5: there were 6 records before this export was made'),
    });
    await stage.append(tenant, 15, 16);
    const grown = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    expect(verify(grown, '--key', keyOf(tenant), '--checkpoints', kept)).toMatchObject({ status: 1 });
  });

  it.each([
    ['nothing there', ['/nowhere/at/all']],
    ['a wrong option', ['--what']],
    ['two places', ['a', 'b']],
  ])('ends with 2 when it cannot be checked: %s', (_what, options) => {
    expect(spawnSync(process.execPath, [VERIFIER, ...options], { encoding: 'utf8' }).status).toBe(2);
  });

  it('blames no export for a key or a kept checkpoint that is none', async () => {
    await stage.append(tenant, 1, 2);
    const place = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    const kept = path.join(stage.folder, 'half.txt');
    fs.writeFileSync(kept, `${originOf(tenant)}\n2\n`);
    for (const options of [
      ['--key', keyOf(tenant).slice(0, -1)],
      ['--key', keyOf(tenant).replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
      ['--key', keyOf(tenant), '--checkpoints', kept],
    ])
      expect([options, verify(place, ...options).status]).toEqual([options, 2]);
  });

  it('tells how many kept checkpoints hold, and takes none of other chains for a check', async () => {
    const other = (await stage.database.createTenant()).id;
    const checkpointsOf = async (id: string): Promise<string> =>
      String(unpack(await stage.export(id, 'jsonl')).get('checkpoints.txt'));
    await stage.append(tenant, 1, 2);
    await stage.append(other, 1, 2);
    const [own, foreign] = [await checkpointsOf(tenant), await checkpointsOf(other)];
    const unknown = signCheckpoint(tenant, { size: 2, head: Buffer.alloc(32), signedAt: new Date() }, newSigningKey());
    const place = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    const kept = path.join(stage.folder, 'kept-of-many.txt');
    const verdictWith = (text: string): { status: number | null; said: string } => {
      fs.writeFileSync(kept, text);
      return verify(place, '--key', keyOf(tenant), '--checkpoints', kept);
    };
    const none = {
      status: 2,
      said: expect.stringContaining(`none of the given checkpoints is of ${originOf(tenant)}`),
    };
    expect(verdictWith(foreign)).toEqual(none);
    expect(verdictWith('')).toEqual(none);
    const said = (text: string): unknown => ({ status: 0, said: expect.stringContaining(text) });
    expect(verdictWith(own)).toEqual(said('1 of 1 kept checkpoints hold.'));
    expect(verdictWith(own + foreign)).toEqual(said('1 of 2 kept checkpoints hold; the rest'));
    await stage.append(tenant, 3, 3);
    const later = await checkpointsOf(tenant);
    expect(verdictWith(own + unknown)).toMatchObject({ status: 1 });
    expect(verdictWith(own + later)).toEqual(said('1 of 2 kept checkpoints hold; the rest'));
    // In the midst of an export that has no checkpoint there itself.
    const grown = laidOut(unpack(await stage.export(tenant, 'jsonl')));
    fs.writeFileSync(kept, own);
    expect(verify(grown, '--key', keyOf(tenant), '--checkpoints', kept)).toEqual(said('1 of 1 kept checkpoints hold.'));
  });

  it('says how it is used', () => {
    const { status, stdout } = spawnSync(process.execPath, [VERIFIER, '--help'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('--checkpoints <file>')]);
  });

  it('ends with an error over an archive that is cut off', async () => {
    await stage.append(tenant, 1, 1);
    const archive = await stage.export(tenant, 'jsonl');
    const file = path.join(stage.folder, `${randomBytes(4).toString('hex')}.tar.gz`);
    for (const end of [10, 600, archive.length - 200]) {
      fs.writeFileSync(file, archive.subarray(0, end));
      expect(verify(file).status).not.toBe(0);
    }
  });
});
