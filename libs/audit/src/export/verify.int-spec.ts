import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson } from '@hub/platform';
import { chainHash, genesisHash, recordDigest } from '../chain/chain-hash';
import { originOf, signCheckpoint } from '../checkpoints/checkpoint';
import { setAuditStage, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany, type ExportFiles, type VerifyCase } from '../fixtures/verify-many';
import { signNote, verifierKey } from '../signing/signed-note';
import { SigningKey } from '../signing/signing-key';

const RECORDS = 48;
const SIGNED_EVERY = 16;
const PIECE = 24;
const MUTATIONS = 1_000;
const BY_BROWSER = 200;

let stage: AuditStage;
let tenant: string;
let other: string;
let keys: string[];
/** Whole, filtered, and of another tenant. */
let exports: ExportFiles[];
beforeAll(async () => {
  stage = await setAuditStage();
  [tenant, other] = [(await stage.database.createTenant()).id, (await stage.database.createTenant()).id];
  keys = [verifierKey(originOf(tenant), stage.key.publicKey)];
  let hour = 0;
  for (let from = 1; from <= RECORDS; from += SIGNED_EVERY) {
    for (const id of [tenant, other]) await stage.append(id, from, from + SIGNED_EVERY - 1);
    // Each in its own past hour, so that every chain is due again.
    await stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1, hour++))).signDue();
  }
  exports = [
    unpack(await stage.export(tenant, 'csv', {}, PIECE)),
    unpack(await stage.export(tenant, 'jsonl', { action: 'mapping.*' }, PIECE)),
    unpack(await stage.export(other, 'jsonl', {}, PIECE)),
  ];
}, 60_000);
afterAll(() => stage?.close());

const NAMES = ['records-000001.jsonl', 'records-000002.jsonl'];
const linesOf = (files: ExportFiles): string[] =>
  NAMES.flatMap((name) => (files.get(name)?.toString('utf8') ?? '').trimEnd().split('\n'));
/** Lines as the two files in which they came. */
const asFiles = (lines: readonly string[]): Map<string, Buffer> =>
  new Map(
    [lines.slice(0, PIECE), lines.slice(PIECE)].map((piece, index) => [
      NAMES[index] ?? '',
      Buffer.from(piece.map((line) => `${line}\n`).join('')),
    ]),
  );

/** One of the lines that show a record. */
function shownLine(lines: readonly string[], at: number): number {
  const shown = lines.flatMap((line, index) => (line.includes(',"record":') ? [index] : []));
  return shown[at % shown.length] ?? 0;
}

interface Forged {
  readonly changed: Map<string, Buffer | null>;
  /** What must be named: a record, one of a range, or anything that is not right. */
  readonly seq?: number | { readonly atLeast: number; readonly atMost: number };
}

interface Dice {
  readonly kind: keyof typeof FORGERIES;
  readonly base: 0 | 1;
  readonly at: number;
  readonly to: number;
  readonly byte: number;
  readonly bit: number;
}

/** Everything that somebody without the signing key could do to an export; places count from 0. */
const FORGERIES: Readonly<Record<string, (files: ExportFiles, dice: Dice) => Forged>> = {
  flip(files, { at, byte, bit }) {
    const lines = linesOf(files);
    const line = Buffer.from(`${lines[at]}\n`);
    const place = byte % line.length;
    line[place] = (line[place] ?? 0) ^ (1 << bit);
    const text = Buffer.from(asFiles(lines).get(NAMES[at < PIECE ? 0 : 1] ?? '') ?? '');
    const before = lines.slice(at < PIECE ? 0 : PIECE, at).reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
    line.copy(text, before);
    return { changed: new Map([[NAMES[at < PIECE ? 0 : 1] ?? '', text]]), seq: at + 1 };
  },
  flipElsewhere(files, { at, byte, bit }) {
    const names = [...files.keys()].filter((name) => !NAMES.includes(name));
    const name = names[at % names.length] ?? '';
    const bytes = Buffer.from(files.get(name) ?? '');
    const place = byte % bytes.length;
    bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    return { changed: new Map([[name, bytes]]) };
  },
  delete(files, { at }) {
    return { changed: asFiles(linesOf(files).toSpliced(at, 1)), seq: at + 1 };
  },
  insert(files, { at, to }) {
    const lines = linesOf(files);
    return { changed: asFiles(lines.toSpliced(at, 0, lines[to] ?? '')), seq: at === to ? at + 2 : at + 1 };
  },
  reorder(files, { at, to }) {
    const lines = linesOf(files);
    const other = at === to ? (at + 1) % RECORDS : to;
    [lines[at], lines[other]] = [lines[other] ?? '', lines[at] ?? ''];
    return { changed: asFiles(lines), seq: Math.min(at, other) + 1 };
  },
  truncate(files, { at }) {
    return { changed: asFiles(linesOf(files).slice(0, at)), seq: at + 1 };
  },
  truncateBytes(files, { byte }) {
    const whole = files.get(NAMES[1] ?? '') ?? Buffer.alloc(0);
    return { changed: new Map([[NAMES[1] ?? '', whole.subarray(0, byte % whole.length)]]) };
  },
  /** The tail goes from every file that speaks of it. */
  truncateEverywhere(files, { at }) {
    const size = at;
    const notes = (files.get('checkpoints.txt')?.toString() ?? '').split(/(?<=\n— .*\n)/);
    const kept = notes.filter((note) => Number(note.split('\n')[1]) <= size);
    const facts = JSON.parse(files.get('export.json')?.toString() ?? '') as Record<string, unknown>;
    const lines = linesOf(files).slice(0, size);
    const shown = lines.filter((line) => line.includes('"record":')).length;
    Object.assign(facts, { last_seq: size, records: shown, skipped: size - shown });
    return {
      changed: new Map<string, Buffer | null>([
        ...asFiles(lines),
        ['checkpoints.txt', Buffer.from(kept.join(''))],
        ['export.json', Buffer.from(`${JSON.stringify(facts, null, 2)}\n`)],
      ]),
    };
  },
  splice(files, { at, to }) {
    const theirs = linesOf(exports[2] ?? new Map());
    const [from, end] = [Math.min(at, to), Math.max(at, to) + 1];
    return { changed: asFiles(linesOf(files).toSpliced(from, end - from, ...theirs.slice(from, end))), seq: from + 1 };
  },
  /** Another tenant's records, whole, under this tenant's name. */
  spliceWhole() {
    return { changed: asFiles(linesOf(exports[2] ?? new Map())), seq: 1 };
  },
  /** One record is another, and everything after it is computed anew, by somebody who knows how. */
  rewrite(files, { at }) {
    const lines = rewritten(linesOf(files), at);
    const signed = Math.floor(at / SIGNED_EVERY) * SIGNED_EVERY;
    return { changed: withManifest(files, asFiles(lines)), seq: { atLeast: signed + 1, atMost: at + 1 } };
  },
  /** And signed, with a key of one's own. */
  rewriteAndSign(files, { at }) {
    const lines = rewritten(linesOf(files), at);
    const mine = SigningKey.parse(Buffer.alloc(32, at + 1).toString('base64'));
    if (!mine.ok) throw new Error(mine.error);
    const head = Buffer.from(/"hash":"([0-9a-f]{64})"/.exec(lines.at(-1) ?? '')?.[1] ?? '', 'hex');
    const note = signCheckpoint(tenant, { size: RECORDS, head, signedAt: new Date(0) }, mine.value);
    const changed = withManifest(files, asFiles(lines).set('checkpoints.txt', Buffer.from(note)));
    const digest = createHash('sha256')
      .update(changed.get('manifest.sha256') ?? '')
      .digest('hex');
    const sig = signNote(['integration-hub/audit-export/v1', digest], originOf(tenant), mine.value);
    return { changed: changed.set('manifest.sig', Buffer.from(sig)) };
  },
  /** A record is hidden as if the filter had left it out. */
  hide(files, { at }) {
    const lines = linesOf(files);
    const shown = shownLine(lines, at);
    const line = lines[shown] ?? '';
    const record = line.slice(line.indexOf(',"record":') + 10, -1);
    lines[shown] = line.replace(/,"personal":.*$/, `,"digest":"${recordDigest(record).toString('hex')}"}`);
    return { changed: asFiles(lines) };
  },
  /** What is shown beside a record is about somebody else. */
  defame(files, { at }) {
    const lines = linesOf(files);
    const shown = shownLine(lines, at);
    lines[shown] = (lines[shown] ?? '').replace('192.0.2.7', '192.0.2.8');
    return { changed: asFiles(lines), seq: shown + 1 };
  },
  remove(files, { at }) {
    const names = [...files.keys()];
    return { changed: new Map([[names[at % names.length] ?? '', null]]) };
  },
  add(_files, { at }) {
    return { changed: new Map([[`records-00000${3 + (at % 5)}.csv`, Buffer.from('seq\n')]]) };
  },
};

function rewritten(lines: readonly string[], at: number): string[] {
  let prev = genesisHash(tenant, stage.key.id);
  return lines.map((line, index) => {
    const seq = index + 1;
    const [, personal = 'null', text] = /,"personal":(.*?),"record":(.*)\}$/.exec(line) ?? [];
    const given = /"digest":"([0-9a-f]{64})"\}$/.exec(line)?.[1] ?? '';
    const record =
      text === undefined || index !== at ? text : canonicalJson({ ...(JSON.parse(text) as object), action: 'forged' });
    const forgedDigest = index === at && text === undefined ? recordDigest(`forged ${at}`) : Buffer.from(given, 'hex');
    const digest = record === undefined ? forgedDigest : recordDigest(record);
    const hash = chainHash(tenant, seq, prev, digest);
    const head = `{"seq":${seq},"prev":"${prev.toString('hex')}","hash":"${hash.toString('hex')}"`;
    prev = hash;
    if (record === undefined) return `${head},"digest":"${digest.toString('hex')}"}`;
    return `${head},"personal":${personal},"record":${record}}`;
  });
}

function withManifest(files: ExportFiles, changed: Map<string, Buffer>): Map<string, Buffer | null> {
  const lines = [...files]
    .filter(([name]) => !name.startsWith('manifest'))
    .map(
      ([name, bytes]) =>
        `${createHash('sha256')
          .update(changed.get(name) ?? bytes)
          .digest('hex')}  ${name}\n`,
    );
  return changed.set('manifest.sha256', Buffer.from(lines.join('')));
}

const dice: fc.Arbitrary<Dice> = fc.record({
  kind: fc.constantFrom(...Object.keys(FORGERIES)),
  base: fc.constantFrom(0 as const, 1 as const),
  at: fc.nat(RECORDS - 1),
  to: fc.nat(RECORDS - 1),
  byte: fc.nat(100_000),
  bit: fc.nat(7),
});

it('holds for what nobody has touched', () => {
  const untouched: VerifyCase[] = [
    { base: 0, keys },
    { base: 1, keys },
    { base: 2, keys: [verifierKey(originOf(other), stage.key.publicKey)] },
    { base: 1, keys, asBrowser: true },
  ];
  expect(verifyMany(exports, untouched)).toEqual([
    { ok: true, records: 48, skipped: 0 },
    { ok: true, records: 32, skipped: 16 },
    { ok: true, records: 48, skipped: 0 },
    { ok: true, records: 32, skipped: 16 },
  ]);
});

it(`finds every one of ${MUTATIONS} forgeries, and names the record`, () => {
  // `HUB_PROPERTY_SEED`, as of every property.
  const { seed } = fc.readConfigureGlobal();
  const thrown = fc.sample(dice, MUTATIONS);
  const forged = thrown.map((one) => ({ one, ...FORGERIES[one.kind]!(exports[one.base] ?? new Map(), one) }));
  const verdicts = verifyMany(
    exports,
    forged.map(({ one, changed }) => ({ base: one.base, changed, keys })),
  );
  // A browser's tools answer later, and come to the same verdicts in the same order.
  const byBrowser = forged.slice(0, BY_BROWSER);
  expect(
    verifyMany(
      exports,
      byBrowser.map(({ one, changed }) => ({ base: one.base, changed, keys, asBrowser: true })),
    ),
  ).toEqual(verdicts.slice(0, BY_BROWSER));
  const missed = forged.flatMap(({ one, seq }, index) => {
    const verdict = verdicts[index];
    const named = verdict?.seq ?? 0;
    const isNamed =
      seq === undefined || (typeof seq === 'number' ? named === seq : named >= seq.atLeast && named <= seq.atMost);
    return verdict?.ok === false && verdict.isVerdict === true && isNamed ? [] : [{ seed, one, wanted: seq, verdict }];
  });
  expect(missed).toEqual([]);
  expect(new Set(thrown.map(({ kind }) => kind)).size).toBe(Object.keys(FORGERIES).length);
}, 60_000);
