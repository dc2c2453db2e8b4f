import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { originOf } from '../checkpoints/checkpoint';
import { setAuditStage, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifierKey } from '../signing/signed-note';

const VERIFIER = path.join(__dirname, '../verifier/verify.mjs');
const AS_BROWSER = path.join(__dirname, '../fixtures/verify-archive.mjs');
const RECORDS = 12;
const PIECE = 11;
const FIRST = 'records-000001.jsonl';

let stage: AuditStage;
let key: string;
let files: Map<string, Buffer>;
beforeAll(async () => {
  stage = await setAuditStage();
  const { id } = await stage.database.createTenant();
  key = verifierKey(originOf(id), stage.key.publicKey);
  await stage.append(id, 1, RECORDS);
  files = unpack(await stage.export(id, 'jsonl', {}, PIECE));
});
afterAll(() => stage?.close());

function verify(place: string): { status: number | null; said: string } {
  const run = spawnSync(process.execPath, [VERIFIER, place, '--key', key], { encoding: 'utf8' });
  return { status: run.status, said: run.stdout + run.stderr };
}

function laidOut(changed: Readonly<Record<string, Buffer>> = {}): string {
  const folder = fs.mkdtempSync(path.join(stage.folder, 'out-'));
  for (const [name, bytes] of [...files, ...Object.entries(changed)]) fs.writeFileSync(path.join(folder, name), bytes);
  return folder;
}

/** @param what as tar takes it: the files in this order, or the folder */
function packed(...what: string[]): string {
  const file = path.join(fs.mkdtempSync(path.join(stage.folder, 'tar-')), 'export.tar.gz');
  const run = spawnSync('tar', ['-czf', file, ...what], { cwd: laidOut(), encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return file;
}

const linesOf = (name: string): string[] => (files.get(name)?.toString() ?? '').split(/(?<=\n)/);

describe('an export that was re-ordered', () => {
  it('line by line is called so, and holds again once it is sorted by seq', () => {
    // As `sort` does: 10 and 11 come before 2.
    const sorted = linesOf(FIRST).sort();
    const folder = laidOut({ [FIRST]: Buffer.from(sorted.join('')) });
    expect(verify(folder)).toEqual({
      status: 1,
      said: `OUT OF ORDER at record 2: the lines of ${FIRST} were re-ordered; sort them by seq and check again.\n`,
    });
    const seqOf = (line: string): number => (JSON.parse(line) as { seq: number }).seq;
    fs.writeFileSync(path.join(folder, FIRST), sorted.sort((a, b) => seqOf(a) - seqOf(b)).join(''));
    expect(verify(folder)).toMatchObject({ status: 0 });
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['changed', (lines) => lines.map((line) => line.replace('mapping 3', 'mapping 8'))],
    ['shortened', (lines) => lines.slice(1)],
    ['given a line twice', (lines) => [...lines, ...lines.slice(-1)]],
  ])('and %s is broken', (_what, forge) => {
    const forged = forge(linesOf(FIRST)).reverse();
    expect(forged.join('')).not.toBe(linesOf(FIRST).reverse().join(''));
    expect(verify(laidOut({ [FIRST]: Buffer.from(forged.join('')) }))).toEqual({
      status: 1,
      said: expect.stringMatching(/^BROKEN at record 1: /),
    });
  });

  it.each([
    ['records before what is needed to begin', '', ['records', 'export', 'manifest', 'checkpoints', 'keys', 'verify']],
    ['a later file of records first', ' at record 1', ['manifest', 'export', 'keys', 'checkpoints', '*', 'verify']],
  ])('file by file is called so in the archive: %s', (_what, at, order) => {
    const names = [...files.keys()].sort();
    const last = names.filter((name) => name.startsWith('records')).reverse();
    const archive = packed(
      ...order.flatMap((start) => (start === '*' ? last : names.filter((name) => name.startsWith(start)))),
    );
    const message = 'the files of the archive were re-ordered; unpack it and check the folder';
    expect(verify(archive)).toEqual({ status: 1, said: `OUT OF ORDER${at}: ${message}.\n` });
    const page = spawnSync(process.execPath, [AS_BROWSER, archive, key], { encoding: 'utf8' });
    expect(JSON.parse(page.stdout)).toMatchObject({ broken: message, isReordered: true });
    const folder = fs.mkdtempSync(path.join(stage.folder, 'unpacked-'));
    expect(spawnSync('tar', ['-xzf', archive], { cwd: folder }).status).toBe(0);
    expect(verify(folder)).toMatchObject({ status: 0 });
  });

  it('holds where the files come in an order that can be read, whatever folder they were packed with', () => {
    expect(verify(packed('--sort=name', '.'))).toMatchObject({ status: 0 });
  });

  it('and has a file twice is broken: whoever unpacks it finds the one, and this has looked at the other', () => {
    const names = [...files.keys()].sort();
    expect(verify(packed(...names))).toMatchObject({ status: 0 });
    expect(verify(packed(...names, 'verify.mjs'))).toEqual({ status: 1, said: 'BROKEN: verify.mjs is there twice.\n' });
  });

  it('and lost a file is broken', () => {
    const names = [...files.keys()].filter((name) => name !== FIRST).sort();
    expect(verify(packed(...names))).toEqual({
      status: 1,
      said: expect.stringMatching(/^BROKEN at record 1: a file of records is missing/),
    });
  });
});
