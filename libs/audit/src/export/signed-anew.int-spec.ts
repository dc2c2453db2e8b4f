import { createHash } from 'node:crypto';
import { appendAudit } from '../append/append-audit';
import { systemActor } from '../append/audit-entry';
import { recordDigest } from '../chain/chain-hash';
import { originOf } from '../checkpoints/checkpoint';
import { entry, setAuditStage, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany, type VerifyVerdict } from '../fixtures/verify-many';
import { signNote, verifierKey } from '../signing/signed-note';

/** A record of the hub itself: it has no personal fields, but tells of some. */
const IMPERSONAL = 3;
const RECORDS = 6;
const MARK = 'integration-hub/audit-export/v1';
const FORGED = JSON.stringify({ ip: null, label: 'Eve', salt: '', user_agent: null });
const RECORDS_FILE = 'records-000001.jsonl';

let stage: AuditStage;
let origin: string;
let otherOrigin: string;
let keys: string[];
let files: Map<string, Buffer>;
/** Over 2 records, twice over 4, over all: each a note. */
let notes: string[];
beforeAll(async () => {
  stage = await setAuditStage();
  const [tenant, other] = [(await stage.database.createTenant()).id, (await stage.database.createTenant()).id];
  [origin, otherOrigin] = [originOf(tenant), originOf(other)];
  keys = [origin, otherOrigin].map((name) => verifierKey(name, stage.key.publicKey));
  const sign = (hour: number): Promise<unknown> =>
    stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1, hour))).signDue();
  await stage.append(tenant, 1, 2);
  await sign(1);
  const before = { actor: { id: 'eve', personal: { digest: sha256(FORGED) } } };
  const impersonal = entry(IMPERSONAL, { actor: systemActor('retention'), before, after: undefined });
  await stage.tenants.run(tenant, (tx) => appendAudit(tx, impersonal));
  await stage.append(tenant, 4, 4);
  await sign(2);
  await sign(3);
  await stage.append(tenant, 5, RECORDS);
  files = unpack(await stage.export(tenant, 'jsonl'));
  notes = textOf('checkpoints.txt').split(/(?<=\n— .*\n)/);
});
afterAll(() => stage?.close());

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const textOf = (name: string): string => files.get(name)?.toString() ?? '';
const linesOfLast = (): string[] => notes.at(-1)!.split('\n').slice(0, 4);
const inManifest = (): [string, Buffer][] => [...files].filter(([name]) => !name.startsWith('manifest'));

type Changed = Readonly<Record<string, string>>;

/** With a manifest over what was changed: as the hub would sign it, were its exporter at fault. */
function signedAnew(changed: Changed, name = origin, mark = MARK): Changed {
  const lines = inManifest().map(([file, bytes]) => `${sha256(changed[file] ?? bytes)}  ${file}\n`);
  const manifest = lines.join('');
  const note = signNote([mark, sha256(manifest)], name, stage.key);
  return { 'manifest.sig': note, ...changed, 'manifest.sha256': manifest };
}

const verdictOn = (changed: Changed, checkpoints: string[] = []): VerifyVerdict | undefined =>
  verifyMany(
    [files],
    [
      {
        base: 0,
        keys,
        checkpoints,
        changed: new Map(Object.entries(changed).map(([name, text]) => [name, Buffer.from(text)])),
      },
    ],
  )[0];

/** Says the same to a decoder that does not mind the bits that nobody reads. */
function writtenOtherwise(note: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return note.replace(/(.)=\n$/, (_all, letter: string) => `${letters[letters.indexOf(letter) + 1]}=\n`);
}

const factsWith = (over: object): string =>
  JSON.stringify({ ...(JSON.parse(textOf('export.json')) as object), ...over });
const recordsWith = (at: number, change: (line: string) => string): string =>
  textOf(RECORDS_FILE)
    .split('\n')
    .map((line, index) => (index === at - 1 ? change(line) : line))
    .join('\n');

/** Every rule by itself: what follows would hold if nobody looked at just this, for the manifest is in order. */
const FAULTS: Readonly<Record<string, () => { readonly changed: Changed; readonly seq: number | null }>> = {
  'a smaller checkpoint comes after a larger one': () => {
    const [two, four, again, all] = notes;
    return { changed: { 'checkpoints.txt': [four, again, two, all].join('') }, seq: null };
  },
  'of two checkpoints over the same records the later comes first': () => {
    const [two, four, again, all] = notes;
    return { changed: { 'checkpoints.txt': [two, again, four, all].join('') }, seq: null };
  },
  'the last records are under no checkpoint': () => ({
    changed: { 'checkpoints.txt': notes.slice(0, -1).join('') },
    seq: 5,
  }),
  'a checkpoint is larger than the export': () => ({
    changed: {
      [RECORDS_FILE]: textOf(RECORDS_FILE)
        .split(/(?<=\n)/)
        .slice(0, 5)
        .join(''),
      'export.json': factsWith({ last_seq: 5, records: 5 }),
    },
    seq: 6,
  }),
  'there are more records than were signed': () => ({
    changed: { 'checkpoints.txt': notes.slice(0, 3).join(''), 'export.json': factsWith({ last_seq: 4, records: 4 }) },
    seq: 5,
  }),
  'a record is hidden as if a filter had left it out': () => {
    const hide = (line: string): string => {
      const digest = recordDigest(line.slice(line.indexOf(',"record":') + 10, -1)).toString('hex');
      return line.replace(/,"personal":.*$/, `,"digest":"${digest}"}`);
    };
    return { changed: { [RECORDS_FILE]: recordsWith(2, hide) }, seq: null };
  },
  'personal fields are shown beside a record that has none': () => ({
    changed: {
      [RECORDS_FILE]: recordsWith(IMPERSONAL, (line) => line.replace('"personal":null', `"personal":${FORGED}`)),
    },
    seq: IMPERSONAL,
  }),
  'a checkpoint of this chain is signed under another’s name': () => ({
    changed: { 'checkpoints.txt': notes.slice(0, -1).join('') + signNote(linesOfLast(), otherOrigin, stage.key) },
    seq: null,
  }),
  'a checkpoint of another chain is signed under this one’s name': () => {
    const lines = [otherOrigin, ...linesOfLast().slice(1)];
    return {
      changed: { 'checkpoints.txt': notes.slice(0, -1).join('') + signNote(lines, origin, stage.key) },
      seq: null,
    };
  },
  'a signature is written in another way than it was made': () => ({
    changed: { 'checkpoints.txt': notes.slice(0, -1).join('') + writtenOtherwise(notes.at(-1) ?? '') },
    seq: null,
  }),
  'something stands behind the last checkpoint': () => ({
    changed: { 'checkpoints.txt': `${notes.join('')}and more\n` },
    seq: null,
  }),
};

describe('an export with a manifest that the hub has signed', () => {
  it('holds', () => {
    expect(notes.map((note) => note.split('\n')[1])).toEqual(['2', '4', '4', '6']);
    expect(verdictOn(signedAnew({}))).toEqual({ ok: true, records: RECORDS, skipped: 0 });
  });

  it.each(Object.keys(FAULTS))('is broken where %s', (what) => {
    const { changed, seq } = FAULTS[what]!();
    for (const [name, text] of Object.entries(changed)) expect(text).not.toBe(textOf(name));
    expect(verdictOn(signedAnew(changed))).toMatchObject({ ok: false, isVerdict: true, seq });
  });

  it.each<[string, () => Changed]>([
    ['another chain’s name', () => signedAnew({}, otherOrigin)],
    ['another purpose', () => signedAnew({}, origin, 'something-else/v1')],
  ])('is broken where that was signed under %s', (_what, changed) => {
    expect(verdictOn(changed())).toMatchObject({ ok: false, isVerdict: true, seq: null });
  });

  it('is behind a kept checkpoint that is larger, be it of the same moment', () => {
    const [, , head = '', time = ''] = linesOfLast();
    const signedAt = new Date(time.replace('signed_at ', ''));
    const larger = (at: Date): string =>
      signNote([origin, '8', head, `signed_at ${at.toISOString()}`], origin, stage.key);
    expect(verdictOn({}, [larger(signedAt)])).toMatchObject({ ok: false, isVerdict: true, seq: RECORDS + 1 });
    expect(verdictOn({}, [larger(new Date(signedAt.getTime() + 1))])).toMatchObject({ ok: true });
  });
});
