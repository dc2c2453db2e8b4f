#!/usr/bin/env node
/**
 * Checks an export of the integration hub's audit log, offline. Needs Node 18 or newer and nothing else.
 *
 *   node verify.mjs [<folder or .tar.gz>] [--key <verifier key, or file of them>]... [--checkpoints <file>]...
 *
 * Without --key the keys inside the export are used: that proves that the export is in one piece, not whose it is. Take the
 * keys from the hub itself (GET /v1/audit-checkpoint), or from whoever keeps them. --checkpoints gives checkpoints that were
 * kept elsewhere: with them a chain is caught that was cut off or written anew before it was exported.
 *
 * Ends with 0 when everything holds, 1 when something does not (the first bad record is named), 2 when it cannot be checked.
 */

/* global TextDecoder, TextEncoder, atob, btoa, Blob, DecompressionStream, Response */

// Everything up to "the command" asks for nothing but the language and what browsers have too: the hub's own pages check
// exports with this very file.

/**
 * What hashes and checks signatures. Each may answer at once or promise to: a browser only does the latter.
 *
 * @typedef {{
 *   sha256(bytes: Uint8Array): string | Promise<string>,
 *   isSigned(key: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>,
 * }} Tools digests in hex, keys as the 32 bytes of Ed25519
 */

const ORIGIN = /^integration-hub\/audit\/(operators|ten_[0-9a-z]{26})$/;
const RECORDS = /^records-(\d{6})\.jsonl$/;
const MARK_OF_EXPORT = 'integration-hub/audit-export/v1';

/** A character for each byte, so that places in the text are places in the bytes. What is looked for is ASCII. */
const BYTEWISE = new TextDecoder('latin1');
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const ENCODER = new TextEncoder();

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const digitOf = (code) => (code < 58 ? code - 48 : code - 87);

function putHex(target, at, hex) {
  for (let index = 0; index < hex.length; index += 2)
    target[at + index / 2] = digitOf(hex.charCodeAt(index)) * 16 + digitOf(hex.charCodeAt(index + 1));
}

/** Nothing, for what is no base64. */
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** At once for what is there at once: a promise for each of a million records would cost more than the hashing. */
const then = (value, use) => (value instanceof Promise ? value.then(use) : use(value));

export class Broken extends Error {
  /** @param {number | null} seq the first place that does not hold; null when it is not about one record */
  constructor(message, seq = null) {
    super(message);
    this.seq = seq;
  }
}

/** All of it may be there, but not where it has to be. */
export class Reordered extends Broken {}

class Missing extends Broken {
  constructor(message, file, seq = null) {
    super(message, seq);
    this.file = file;
  }
}

const must = (holds, message, seq = null) => {
  if (!holds) throw new Broken(message, seq);
};

// ---- signed notes (https://c2sp.org/signed-note) ----

/** `<name>+<key id>+<base64 of 0x01 and the Ed25519 key>` */
async function parseVerifierKey(text, { sha256 }) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded ?? '');
  if (bytes.length !== 33 || bytes[0] !== 1) return null;
  const expected = await sha256(joined(ENCODER.encode(`${name}\n`), bytes));
  return expected.slice(0, 8) === id ? { name, id, raw: bytes.subarray(1) } : null;
}

/** The signed lines, or null when none of the keys has signed them. */
async function openNote(note, keys, { isSigned }) {
  const [, text, signatures] = /^((?:[^\n]+\n)+)\n((?:— [^\n]+\n)+)$/.exec(note) ?? [];
  if (text === undefined) return null;
  for (const line of signatures.trimEnd().split('\n')) {
    const [, name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (bytes.length !== 68 || toBase64(bytes) !== encoded) continue;
    const id = hexOf(bytes.subarray(0, 4));
    const key = keys.find((candidate) => candidate.name === name && candidate.id === id);
    if (key && (await isSigned(key.raw, ENCODER.encode(text), bytes.subarray(4))))
      return { name, lines: text.trimEnd().split('\n') };
  }
  return null;
}

/** Notes of a file, one after the other: each ends with its signature. */
function splitNotes(text) {
  const notes = text.match(/(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g) ?? [];
  return notes.join('') === text ? notes : null;
}

async function openCheckpoint(note, origin, keys, tools) {
  const opened = await openNote(note, keys, tools);
  const [named, size = '', head = '', time = ''] = opened?.lines ?? [];
  const [, signedAt] = /^signed_at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/.exec(time) ?? [];
  if (opened?.name !== origin || named !== origin || !/^\d{1,15}$/.test(size) || !signedAt) return null;
  return { size: Number(size), head: hexOf(fromBase64(head)), signedAt };
}

// ---- the chain ----

/** 16 bytes of the tenant, as they stand in each hash. */
function tenantBytes(origin) {
  const [, name] = ORIGIN.exec(origin) ?? [];
  const bytes = new Uint8Array(16);
  if (name === 'operators') return bytes;
  let bits = 0n;
  for (const letter of name.slice(4)) {
    const value = '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(letter);
    must(value >= 0, 'the export names no tenant');
    bits = (bits << 5n) | BigInt(value);
  }
  must(bits >> 128n === 0n, 'the export names no tenant');
  putHex(bytes, 0, bits.toString(16).padStart(32, '0'));
  return bytes;
}

const HEX = /^[0-9a-f]{64}$/;

/** Lines under way at once, where hashing takes its time. */
const MOST_UNDER_WAY = 1_000;

/** Follows a chain line by line. Each line is compared whole, so there is no byte that nobody looked at. */
class Chain {
  /** @param {Uint8Array} tenant 16 bytes; @param {string} prev hex */
  constructor(tenant, firstSeq, prev, tools) {
    this.next = firstSeq;
    this.prev = prev;
    this.tools = tools;
    this.shown = 0;
    this.skipped = 0;
    /** Hash after each place that somebody asks for. */
    this.wanted = new Set();
    this.hashes = new Map([[firstSeq - 1, prev]]);
    // 0x01, tenant, place, hash before, digest of the record.
    this.preimage = new Uint8Array(89);
    this.preimage[0] = 1;
    this.preimage.set(tenant, 1);
    this.places = new DataView(this.preimage.buffer);
  }

  /** @param {Uint8Array} bytes whole lines */
  async read(bytes) {
    const text = BYTEWISE.decode(bytes);
    let underWay = [];
    try {
      for (let start = 0; start < bytes.length;) {
        const end = text.indexOf('\n', start);
        must(end >= 0, 'the last line is cut off', this.next);
        const checked = this.line(text, bytes, start, end);
        if (checked instanceof Promise) underWay.push(checked);
        if (underWay.length === MOST_UNDER_WAY) await inOrder(underWay.splice(0));
        start = end + 1;
      }
    } finally {
      // What is wrong with an earlier line is said before what is wrong with a later one.
      await inOrder(underWay);
    }
  }

  /** The line's hash is taken for true by the next one, and checked beside that. */
  line(text, bytes, start, end) {
    const { next: seq, prev } = this;
    const head = `{"seq":${seq},"prev":"${prev}","hash":"`;
    const hashAt = start + head.length;
    if (end <= hashAt + 66 || !text.startsWith(head, start))
      throw new Broken(this.whyNotNext(text.slice(start, Math.min(end, start + 200))), seq);
    const hash = text.slice(hashAt, hashAt + 64);
    const digest = this.digestOf(text, bytes, hashAt + 64, end, seq);
    const checked = then(digest, (known) =>
      then(this.tools.sha256(this.preimageOf(seq, prev, known)), (found) =>
        must(found === hash, 'the record does not have the hash that is given for it', seq),
      ),
    );
    this.prev = hash;
    this.next = seq + 1;
    if (this.wanted.has(seq)) this.hashes.set(seq, hash);
    return checked;
  }

  /** Good until the next one is asked for. */
  preimageOf(seq, prev, digest) {
    this.places.setUint32(17, Math.floor(seq / 2 ** 32));
    this.places.setUint32(21, seq % 2 ** 32);
    putHex(this.preimage, 25, prev);
    putHex(this.preimage, 57, digest);
    return this.preimage;
  }

  /** What is said when a line does not begin as the next one has to. */
  whyNotNext(beginning) {
    const [, seq] = /^\{"seq":(\d+),"prev":"[0-9a-f]{64}","hash":"/.exec(beginning) ?? [];
    if (seq === undefined) return 'this is no line of an export';
    if (Number(seq) !== this.next) return `record ${seq} stands in its place: records are missing, added or moved`;
    return 'it does not follow the record before it';
  }

  /** Of the record, which is shown after its personal fields, or left out and only given by its digest. */
  digestOf(text, bytes, at, end, seq) {
    const skipped = '","digest":"';
    if (text.startsWith(skipped, at)) {
      const digest = text.slice(at + skipped.length, end - 2);
      must(HEX.test(digest) && text.slice(end - 2, end) === '"}', 'this is no line of an export', seq);
      this.skipped++;
      return digest;
    }
    const personalMark = '","personal":';
    must(text.startsWith(personalMark, at), 'this is no line of an export', seq);
    const personalAt = at + personalMark.length;
    // The fields are texts alone, in which a quotation mark has a backslash before it: the first match is the end of them.
    const recordMark = ',"record":';
    const markAt = text.indexOf(recordMark, personalAt);
    must(markAt >= 0 && markAt < end && text[end - 1] === '}', 'this is no line of an export', seq);
    const recordAt = markAt + recordMark.length;
    const personal = text.slice(personalAt, markAt) === 'null' ? null : bytes.subarray(personalAt, markAt);
    const record = bytes.subarray(recordAt, end - 1);
    this.shown++;
    const isGenuine =
      personal === null || this.isPersonal(personal, text.slice(recordAt, Math.min(end - 1, recordAt + 600)));
    return then(isGenuine, (holds) => {
      must(holds, 'the personal fields shown beside the record are not those that it was made with', seq);
      return this.tools.sha256(record);
    });
  }

  /** Opened fields must be those that were sealed when the record was made. They may be gone, but never be others. */
  isPersonal(personal, beginning) {
    const [, digest] =
      /^\{"action":"[^"\\]*","actor":\{"id":"[^"\\]*","personal":\{"digest":"([0-9a-f]{64})"/.exec(beginning) ?? [];
    return then(this.tools.sha256(personal), (found) => found === digest);
  }
}

/** Waits for all. @throws what the first of them that fails throws, not the one that fails first */
async function inOrder(checks) {
  const ends = await Promise.allSettled(checks);
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

// ---- the export ----

/**
 * Files of an archive (POSIX ustar).
 *
 * @param {AsyncIterable<Uint8Array>} chunks unpacked
 */
export async function* filesOfArchive(chunks) {
  let rest = new Uint8Array(0);
  let entry = null;
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : joined(rest, chunk);
    for (;;) {
      if (entry === null) {
        if (rest.length < 512) break;
        const header = BYTEWISE.decode(rest.subarray(0, 512));
        rest = rest.subarray(512);
        if (/^\0*$/.test(header)) continue;
        const [name] = header.slice(0, 100).split('\0');
        // A folder holds nothing itself; who packs one anew gets an entry for it.
        if (header[156] === '5') continue;
        entry = { name: name.split('/').at(-1), size: parseInt(header.slice(124, 136), 8), parts: [], has: 0 };
        must(Number.isSafeInteger(entry.size), 'the archive is damaged');
      }
      const padded = Math.ceil(entry.size / 512) * 512;
      const taken = rest.subarray(0, padded - entry.has);
      entry.parts.push(taken);
      entry.has += taken.length;
      rest = rest.subarray(taken.length);
      if (entry.has < padded) break;
      yield { name: entry.name, bytes: joined(...entry.parts).subarray(0, entry.size) };
      entry = null;
    }
  }
  must(entry === null && rest.length === 0, 'the archive is cut off');
}

function parseManifest(text) {
  const lines = text.split('\n');
  must(lines.pop() === '', 'manifest.sha256 is cut off');
  return new Map(
    lines.map((line) => {
      const [, digest, name] = /^([0-9a-f]{64}) {2}([A-Za-z0-9._-]+)$/.exec(line) ?? [];
      must(name !== undefined, 'manifest.sha256 is damaged');
      return [name, digest];
    }),
  );
}

/**
 * @param {AsyncIterable<{name: string, bytes: Uint8Array}>} files the records in order
 * @param {{keys?: readonly string[], checkpoints?: readonly string[], onProgress?: (done: number, of: number) => void}} options
 *   what is known from elsewhere, as texts; whom to tell how many records were looked at
 * @param {Tools} [tools] Node's own when left out
 * @returns what was checked; throws Broken for what does not hold
 */
export async function verifyExport(files, { keys: given = [], checkpoints: elsewhere = [], onProgress } = {}, tools) {
  tools ??= await nodeTools();
  const small = new Map();
  const digests = new Map();
  let chain = null;
  let facts = null;
  let others = [];
  const held = [];
  let missing = null;
  for await (const { name, bytes } of files) {
    must(!digests.has(name), `${name} is there twice`);
    digests.set(name, await tools.sha256(bytes));
    if (missing !== null) {
      if (name === missing.file)
        throw new Reordered('the files of the archive were re-ordered; unpack it and check the folder', missing.seq);
      continue;
    }
    if (!RECORDS.test(name)) {
      if (!name.endsWith('.csv')) small.set(name, bytes);
      continue;
    }
    // In a folder as in an archive, what is needed to begin sorts or stands before the records.
    try {
      if (chain === null) {
        facts = await readFacts(small, given, tools);
        others = await otherCheckpoints(elsewhere, facts, tools);
        chain = new Chain(facts.tenant, facts.first_seq, facts.first_prev, tools);
        for (const { size } of [...facts.checkpoints, ...others]) chain.wanted.add(size);
      }
      const next = `records-${String(held.length + 1).padStart(6, '0')}.jsonl`;
      if (name !== next) throw new Missing(`a file of records is missing before ${name}`, next, chain.next);
      held.push(name);
      await chain.read(bytes);
    } catch (error) {
      if (error instanceof Missing) missing = error;
      else if (error instanceof Broken && (await isReordered(name, bytes, small, digests, tools)))
        throw new Reordered(`the lines of ${name} were re-ordered; sort them by seq and check again`, error.seq);
      else throw error;
      continue;
    }
    onProgress?.(chain.next - facts.first_seq, facts.last_seq - facts.first_seq + 1);
  }
  if (missing !== null) throw missing;
  if (chain === null) {
    facts = await readFacts(small, given, tools);
    others = await otherCheckpoints(elsewhere, facts, tools);
    chain = new Chain(facts.tenant, facts.first_seq, facts.first_prev, tools);
  }
  const kept = await finish(chain, facts, others);
  await checkManifest(small, digests, facts, tools);
  // Last: what is wrong with the export itself is said first.
  if (elsewhere.length > 0 && others.length === 0)
    throw new Error(`none of the given checkpoints is of ${facts.origin}`);
  return {
    origin: facts.origin,
    first: facts.first_seq,
    last: chain.next - 1,
    records: chain.shown,
    skipped: chain.skipped,
    checkpoints: facts.checkpoints.length,
    signedAt: facts.checkpoints.at(-1)?.signedAt ?? null,
    kept,
    keptGiven: elsewhere.reduce((sum, text) => sum + splitNotes(text).length, 0),
    keys: facts.keyTexts,
    trusted: given.length > 0,
  };
}

/** Whether a file is not the one of the manifest, but would be if its lines were sorted. */
async function isReordered(name, bytes, small, digests, { sha256 }) {
  const manifest = UTF8.decode(small.get('manifest.sha256') ?? new Uint8Array(0)).split('\n');
  const expected = manifest.find((line) => line.endsWith(`  ${name}`))?.slice(0, 64);
  if (expected === undefined || expected === digests.get(name)) return false;
  const text = BYTEWISE.decode(bytes);
  const lines = [];
  for (let start = 0, end; (end = text.indexOf('\n', start) + 1) > 0; start = end) {
    const [, seq] = /^\{"seq":(\d+),/.exec(text.slice(start, Math.min(end, start + 30))) ?? [];
    lines.push({ seq: Number(seq ?? 0), line: bytes.subarray(start, end) });
  }
  const sorted = new Uint8Array(bytes.length);
  let at = 0;
  for (const { line } of lines.sort((a, b) => a.seq - b.seq)) {
    sorted.set(line, at);
    at += line.length;
  }
  return (await sha256(sorted)) === expected;
}

async function readFacts(small, given, tools) {
  const text = (name) => {
    if (!small.has(name)) throw new Missing(`${name} is missing`, name);
    return UTF8.decode(small.get(name));
  };
  let facts;
  try {
    facts = JSON.parse(text('export.json'));
  } catch (error) {
    throw error instanceof Broken ? error : new Broken('export.json is damaged');
  }
  const { origin, first_seq: first, last_seq: last, first_prev: prev, genesis_key_id: keyId } = facts ?? {};
  const whole = (value) => Number.isSafeInteger(value) && value >= 0;
  must(typeof origin === 'string' && ORIGIN.test(origin), 'export.json names no chain');
  must(
    whole(first) && first >= 1 && whole(last) && HEX.test(prev) && typeof keyId === 'string',
    'export.json is damaged',
  );
  const keyTexts = (given.length > 0 ? given.join('\n') : text('keys.txt'))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const keys = await Promise.all(keyTexts.map((line) => parseVerifierKey(line, tools)));
  // What was given beside the export says nothing about the export.
  if (given.length > 0 && keys.includes(null)) throw new Error('a given key is no verifier key');
  must(keys.length > 0 && !keys.includes(null), 'keys.txt is damaged');
  const notes = splitNotes(text('checkpoints.txt'));
  must(notes !== null, 'checkpoints.txt is damaged');
  const checkpoints = await Promise.all(notes.map((note) => openCheckpoint(note, origin, keys, tools)));
  must(!checkpoints.includes(null), 'checkpoints.txt holds a checkpoint that none of the keys has signed');
  return { ...facts, keys, keyTexts, checkpoints, tenant: tenantBytes(origin) };
}

/** Of those kept elsewhere, the ones of this chain. */
async function otherCheckpoints(elsewhere, { origin, keys }, tools) {
  const own = elsewhere.flatMap((text) => {
    const notes = splitNotes(text);
    if (notes === null) throw new Error('the given checkpoints are damaged');
    return notes.filter((note) => note.startsWith(`${origin}\n`));
  });
  const opened = await Promise.all(own.map((note) => openCheckpoint(note, origin, keys, tools)));
  must(!opened.includes(null), 'a given checkpoint is signed by none of the keys');
  return opened;
}

/** @returns how many of the checkpoints from elsewhere lie within the export, and hold */
async function finish(chain, facts, others) {
  const { origin, checkpoints, first_seq: first, last_seq: last, first_prev: prev, genesis_key_id: keyId } = facts;
  must(chain.next - 1 >= last, `the records end at ${chain.next - 1}, and should at ${last}`, chain.next);
  must(chain.next - 1 === last, 'there are more records than the export says', last + 1);
  must(
    chain.shown === facts.records && chain.skipped === facts.skipped,
    'records were left out of the export afterwards',
  );
  if (first === 1) {
    const start = joined(Uint8Array.of(0), chain.preimage.subarray(1, 17), ENCODER.encode(keyId));
    const genesis = await chain.tools.sha256(start);
    must(genesis === prev, `the chain does not begin as one of ${origin} does`, 1);
  }
  chain.hashes.set(last, chain.prev);
  let good = first - 1;
  let before = null;
  for (const checkpoint of checkpoints) {
    must(
      !before || (checkpoint.size >= before.size && checkpoint.signedAt >= before.signedAt),
      'checkpoints are out of order',
    );
    before = checkpoint;
    good = compare(chain, checkpoint, good, first, last);
  }
  must(before !== null && before.size === last, `no checkpoint covers the records after ${good}`, good + 1);
  must(
    first === 1 || checkpoints.some(({ size }) => size === first - 1),
    'what was pruned before the first record stands on no checkpoint',
    first,
  );
  let kept = 0;
  for (const other of others.sort((a, b) => a.size - b.size)) {
    if (other.size < first - 1) continue;
    must(
      other.size <= last || other.signedAt > before.signedAt,
      `there were ${other.size} records before this export was made: the chain was cut off`,
      last + 1,
    );
    if (other.size > last) continue;
    compare(chain, other, first - 1, first, last);
    kept++;
  }
  return kept;
}

/** @returns the place up to which the chain is known to be the signed one */
function compare(chain, { size, head }, good, first, last) {
  if (size < first - 1) return good;
  must(size <= last, `a checkpoint covers ${size} records: the last of them are missing`, last + 1);
  const between = size > good + 1 ? `, or one after it up to ${size}` : '';
  must(chain.hashes.get(size) === head, `it is not the record that was signed${between}`, Math.max(good + 1, first));
  return size;
}

/** Last, so that what is wrong with a record is told by its place and not by its file. */
async function checkManifest(small, digests, { origin, keys }, tools) {
  must(small.has('manifest.sha256') && small.has('manifest.sig'), 'the manifest is missing');
  const opened = await openNote(UTF8.decode(small.get('manifest.sig')), keys, tools);
  must(opened?.name === origin, 'none of the keys has signed the manifest');
  const [mark, digest] = opened.lines;
  must(
    mark === MARK_OF_EXPORT && digest === digests.get('manifest.sha256'),
    'manifest.sha256 is not the one that was signed',
  );
  const manifest = parseManifest(UTF8.decode(small.get('manifest.sha256')));
  for (const [name, expected] of manifest) {
    must(digests.has(name), `${name} is missing`);
    must(digests.get(name) === expected, `${name} is not the file that was signed`);
  }
  const unknown = [...digests.keys()].find((name) => !manifest.has(name) && !/^manifest\.(sha256|sig)$/.test(name));
  must(unknown === undefined, `${unknown} is no part of the export`);
}

// ---- the tools of a browser ----

/** @param {SubtleCrypto} subtle with Ed25519, as browsers have it since 2025 */
export function webTools(subtle) {
  return {
    sha256: async (bytes) => hexOf(new Uint8Array(await subtle.digest('SHA-256', bytes))),
    isSigned: async (raw, text, signature) => {
      try {
        const key = await subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
        return await subtle.verify({ name: 'Ed25519' }, key, signature, text);
      } catch (error) {
        // Bytes that are no key have signed nothing. That a browser has no Ed25519 is no verdict.
        if (error.name === 'DataError') return false;
        throw error;
      }
    },
  };
}

/** With which the pieces of an export begin: each is compressed by itself. */
const MEMBER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];

/**
 * What a `.tar.gz` holds. Browsers unpack one gzip member and stumble over a second, and none says where it ends: so one is
 * tried up to each place where the next may begin, and its checksum tells whether that was it.
 *
 * @param {Uint8Array} packed
 */
export async function* unpackedByWeb(packed) {
  for (let start = 0; start < packed.length;) {
    let end = start;
    let piece = null;
    while (piece === null && end < packed.length) {
      end = nextMember(packed, end + MEMBER.length);
      piece = await gunzip(packed.subarray(start, end));
    }
    must(piece !== null, 'the archive is damaged or cut off');
    yield piece;
    start = end;
  }
}

function nextMember(packed, from) {
  for (let at = packed.indexOf(MEMBER[0], from); at >= 0; at = packed.indexOf(MEMBER[0], at + 1))
    if (MEMBER.every((byte, index) => packed[at + index] === byte)) return at;
  return packed.length;
}

/** Null when it is not one whole member. */
async function gunzip(bytes) {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return null;
  }
}

// ---- the command ----

const load = (name) => import(/* @vite-ignore */ `node:${name}`);

async function nodeTools() {
  const crypto = await load('crypto');
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  return {
    // The one-shot function costs half of a hash object; Node 18 does not have it.
    sha256:
      typeof crypto.hash === 'function'
        ? (bytes) => crypto.hash('sha256', bytes, 'hex')
        : (bytes) => crypto.createHash('sha256').update(bytes).digest('hex'),
    isSigned: (raw, text, signature) => {
      const key = crypto.createPublicKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'spki' });
      return crypto.verify(null, text, key, signature);
    },
  };
}

/** Files of a folder or an archive, in the order in which they are to be read. */
async function* filesOf(place) {
  const [fs, path, zlib] = await Promise.all([load('fs'), load('path'), load('zlib')]);
  if (fs.statSync(place).isDirectory()) {
    const names = fs.readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1)))
      yield { name, bytes: fs.readFileSync(path.join(place, name)) };
    return;
  }
  yield* filesOfArchive(fs.createReadStream(place).pipe(zlib.createGunzip()));
}

const USAGE = `node verify.mjs [<folder or .tar.gz>] [--key <verifier key, or file of them>]... [--checkpoints <file>]...

Checks an export of an audit log, by itself the one that it lies in. Ends with 0 when everything holds, with 1 when something
does not (the first bad record is named), with 2 when it cannot be checked.`;

function parseArguments(argv, fs) {
  const options = { place: null, keys: [], checkpoints: [] };
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index];
    if (word === '--key' || word === '--checkpoints') {
      const value = argv[++index];
      if (value === undefined) throw new Error(`${word} needs a value`);
      const text = fs.existsSync(value) ? fs.readFileSync(value, 'utf8') : value;
      (word === '--key' ? options.keys : options.checkpoints).push(text);
    } else if (word.startsWith('-') || options.place !== null) throw new Error(`"${word}" is not understood`);
    else options.place = word;
  }
  return options;
}

async function main() {
  const [fs, path, url] = await Promise.all([load('fs'), load('path'), load('url')]);
  // Whoever imports this file is not the one who runs it.
  if (import.meta.url !== url.pathToFileURL(fs.realpathSync(process.argv[1])).href) return;
  if (process.argv.includes('--help')) return console.log(USAGE);
  const options = parseArguments(process.argv.slice(2), fs);
  const place = options.place ?? path.dirname(url.fileURLToPath(import.meta.url));
  const found = await verifyExport(filesOf(place), options);
  console.log(
    `OK: ${found.origin}, records ${found.first} to ${found.last}: ${found.records} shown, ${found.skipped} left out.`,
  );
  console.log(`${found.checkpoints} signed checkpoints hold; the last is of ${found.signedAt}.`);
  if (options.checkpoints.length > 0)
    console.log(
      `${found.kept} of ${found.keptGiven} kept checkpoints hold` +
        (found.kept < found.keptGiven ? '; the rest is of another chain, or of a part of it that is not here.' : '.'),
    );
  if (!found.trusted)
    console.log(
      `Signed by the keys that the export itself names. Compare them with the hub's own:\n${found.keys.join('\n')}`,
    );
}

if (typeof process === 'object' && process.argv?.[1]) {
  main().catch((error) => {
    if (error instanceof Broken) {
      console.log(
        `${error instanceof Reordered ? 'OUT OF ORDER' : 'BROKEN'}${error.seq === null ? '' : ` at record ${error.seq}`}: ${error.message}.`,
      );
      process.exitCode = 1;
    } else {
      console.error(`It cannot be checked: ${error.message}`);
      process.exitCode = 2;
    }
  });
}
