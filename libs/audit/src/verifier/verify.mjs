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
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ORIGIN = /^integration-hub\/audit\/(operators|ten_[0-9a-z]{26})$/;
const RECORDS = /^records-(\d{6})\.jsonl$/;
const MARK_OF_EXPORT = 'integration-hub/audit-export/v1';

/** The one-shot function costs half of a hash object; Node 18 does not have it. */
const sha256 =
  typeof crypto.hash === 'function'
    ? (bytes) => crypto.hash('sha256', bytes, 'hex')
    : (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

class Broken extends Error {
  /** @param {number | null} seq the first place that does not hold; null when it is not about one record */
  constructor(message, seq = null) {
    super(message);
    this.seq = seq;
  }
}

const must = (holds, message, seq = null) => {
  if (!holds) throw new Broken(message, seq);
};

// ---- signed notes (https://c2sp.org/signed-note) ----

/** `<name>+<key id>+<base64 of 0x01 and the Ed25519 key>` */
function parseVerifierKey(text) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (bytes.length !== 33 || bytes[0] !== 1) return null;
  const expected = crypto.createHash('sha256').update(`${name}\n`).update(bytes).digest().subarray(0, 4);
  if (expected.toString('hex') !== id) return null;
  const spki = Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]);
  return {
    name,
    id: expected,
    raw: bytes.subarray(1),
    key: crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  };
}

/** The signed lines, or null when none of the keys has signed them. */
function openNote(note, keys) {
  const [, text, signatures] = /^((?:[^\n]+\n)+)\n((?:— [^\n]+\n)+)$/.exec(note) ?? [];
  if (text === undefined) return null;
  for (const line of signatures.trimEnd().split('\n')) {
    const [, name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== 68 || bytes.toString('base64') !== encoded) continue;
    const key = keys.find((candidate) => candidate.name === name && candidate.id.equals(bytes.subarray(0, 4)));
    if (key && crypto.verify(null, Buffer.from(text), key.key, bytes.subarray(4)))
      return { name, lines: text.trimEnd().split('\n') };
  }
  return null;
}

/** Notes of a file, one after the other: each ends with its signature. */
function splitNotes(text) {
  const notes = text.match(/(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g) ?? [];
  return notes.join('') === text ? notes : null;
}

function openCheckpoint(note, origin, keys) {
  const opened = openNote(note, keys);
  const [named, size = '', head = '', time = ''] = opened?.lines ?? [];
  const [, signedAt] = /^signed_at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/.exec(time) ?? [];
  if (opened?.name !== origin || named !== origin || !/^\d{1,15}$/.test(size) || !signedAt) return null;
  return { size: Number(size), head: Buffer.from(head, 'base64').toString('hex'), signedAt };
}

// ---- the chain ----

/** 16 bytes of the tenant, as they stand in each hash. */
function tenantBytes(origin) {
  const [, name] = ORIGIN.exec(origin) ?? [];
  if (name === 'operators') return Buffer.alloc(16);
  let bits = 0n;
  for (const letter of name.slice(4)) {
    const value = '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(letter);
    must(value >= 0, 'the export names no tenant');
    bits = (bits << 5n) | BigInt(value);
  }
  must(bits >> 128n === 0n, 'the export names no tenant');
  return Buffer.from(bits.toString(16).padStart(32, '0'), 'hex');
}

const HEX = /^[0-9a-f]{64}$/;
const NEWLINE = 10;

/** Follows a chain line by line. Each line is compared whole, so there is no byte that nobody looked at. */
export class Chain {
  /** @param {Buffer} tenant 16 bytes; @param {string} prev hex */
  constructor(tenant, firstSeq, prev) {
    this.next = firstSeq;
    this.prev = prev;
    this.shown = 0;
    this.skipped = 0;
    /** Hash after each place that somebody asks for. */
    this.wanted = new Set();
    this.hashes = new Map([[firstSeq - 1, prev]]);
    // 0x01, tenant, place, hash before, digest of the record.
    this.preimage = Buffer.alloc(89);
    this.preimage[0] = 1;
    tenant.copy(this.preimage, 1);
  }

  /** @param {Buffer} file whole lines */
  read(file) {
    let start = 0;
    while (start < file.length) {
      const end = file.indexOf(NEWLINE, start);
      must(end >= 0, 'the last line is cut off', this.next);
      this.line(file.subarray(start, end));
      start = end + 1;
    }
  }

  line(line) {
    const seq = this.next;
    const head = `{"seq":${seq},"prev":"${this.prev}","hash":"`;
    const hashAt = head.length;
    if (line.length <= hashAt + 66 || line.latin1Slice(0, hashAt) !== head)
      throw new Broken(this.whyNotNext(line), seq);
    const hash = line.latin1Slice(hashAt, hashAt + 64);
    const digest = this.digestOf(line, hashAt + 64, seq);
    this.preimage.writeUIntBE(Math.floor(seq / 2 ** 32), 17, 4);
    this.preimage.writeUInt32BE(seq % 2 ** 32, 21);
    this.preimage.write(this.prev, 25, 'hex');
    this.preimage.write(digest, 57, 'hex');
    must(sha256(this.preimage) === hash, 'the record does not have the hash that is given for it', seq);
    this.prev = hash;
    this.next = seq + 1;
    if (this.wanted.has(seq)) this.hashes.set(seq, hash);
  }

  /** What is said when a line does not begin as the next one has to. */
  whyNotNext(line) {
    const [, seq] = /^\{"seq":(\d+),"prev":"[0-9a-f]{64}","hash":"/.exec(line.latin1Slice(0, 200)) ?? [];
    if (seq === undefined) return 'this is no line of an export';
    if (Number(seq) !== this.next) return `record ${seq} stands in its place: records are missing, added or moved`;
    return 'it does not follow the record before it';
  }

  /** Of the record, which is shown after its personal fields, or left out and only given by its digest. */
  digestOf(line, at, seq) {
    const skipped = '","digest":"';
    if (line.latin1Slice(at, at + skipped.length) === skipped) {
      const digest = line.latin1Slice(at + skipped.length, line.length - 2);
      must(HEX.test(digest) && line.latin1Slice(line.length - 2) === '"}', 'this is no line of an export', seq);
      this.skipped++;
      return digest;
    }
    const personalMark = '","personal":';
    must(line.latin1Slice(at, at + personalMark.length) === personalMark, 'this is no line of an export', seq);
    const personalAt = at + personalMark.length;
    // The fields are texts alone, in which a quotation mark has a backslash before it: the first match is the end of them.
    const recordMark = ',"record":';
    const markAt = line.indexOf(recordMark, personalAt, 'latin1');
    must(markAt >= 0 && line[line.length - 1] === 125, 'this is no line of an export', seq);
    const record = line.subarray(markAt + recordMark.length, line.length - 1);
    this.checkPersonal(line.subarray(personalAt, markAt), record, seq);
    this.shown++;
    return sha256(record);
  }

  /** Opened fields must be those that were sealed when the record was made. They may be gone, but never be others. */
  checkPersonal(personal, record, seq) {
    if (personal.length === 4 && personal.latin1Slice() === 'null') return;
    const [, digest] =
      /^\{"action":"[^"\\]*","actor":\{"id":"[^"\\]*","personal":\{"digest":"([0-9a-f]{64})"/.exec(
        record.latin1Slice(0, 600),
      ) ?? [];
    must(
      digest === sha256(personal),
      'the personal fields shown beside the record are not those that it was made with',
      seq,
    );
  }
}

// ---- the export ----

/** Files of a folder or an archive, in the order in which they are to be read. */
async function* filesOf(place) {
  if (fs.statSync(place).isDirectory()) {
    const names = fs.readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1)))
      yield { name, bytes: fs.readFileSync(path.join(place, name)) };
    return;
  }
  let rest = Buffer.alloc(0);
  const source = fs.createReadStream(place).pipe(zlib.createGunzip());
  let entry = null;
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (entry === null) {
        if (rest.length < 512) break;
        const header = rest.subarray(0, 512);
        rest = rest.subarray(512);
        if (header.every((byte) => byte === 0)) continue;
        const name = header.toString('latin1', 0, 100).replace(/\0.*$/s, '');
        entry = {
          name: path.posix.basename(name),
          size: parseInt(header.toString('latin1', 124, 136), 8),
          parts: [],
          has: 0,
        };
        must(Number.isSafeInteger(entry.size), 'the archive is damaged');
      }
      const padded = Math.ceil(entry.size / 512) * 512;
      const taken = rest.subarray(0, padded - entry.has);
      entry.parts.push(taken);
      entry.has += taken.length;
      rest = rest.subarray(taken.length);
      if (entry.has < padded) break;
      yield { name: entry.name, bytes: Buffer.concat(entry.parts).subarray(0, entry.size) };
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
 * @param {AsyncIterable<{name: string, bytes: Buffer}>} files the records in order
 * @param {{keys?: readonly string[], checkpoints?: readonly string[]}} options what is known from elsewhere, as texts
 * @returns what was checked; throws Broken for what does not hold
 */
export async function verifyExport(files, { keys: given = [], checkpoints: elsewhere = [] } = {}) {
  const small = new Map();
  const digests = new Map();
  let chain = null;
  let facts = null;
  const held = [];
  for await (const { name, bytes } of files) {
    must(!digests.has(name), `${name} is there twice`);
    digests.set(name, sha256(bytes));
    if (!RECORDS.test(name)) {
      if (!name.endsWith('.csv')) small.set(name, bytes);
      continue;
    }
    // In a folder as in an archive, what is needed to begin sorts or stands before the records.
    if (chain === null) {
      facts = readFacts(small, given);
      chain = new Chain(facts.tenant, facts.first_seq, facts.first_prev);
      for (const { size } of [...facts.checkpoints, ...otherCheckpoints(elsewhere, facts)]) chain.wanted.add(size);
    }
    must(Number(RECORDS.exec(name)[1]) === held.length + 1, `a file of records is missing before ${name}`, chain.next);
    held.push(name);
    chain.read(bytes);
  }
  if (chain === null) {
    facts = readFacts(small, given);
    chain = new Chain(facts.tenant, facts.first_seq, facts.first_prev);
  }
  finish(chain, facts, otherCheckpoints(elsewhere, facts));
  checkManifest(small, digests, facts);
  return {
    origin: facts.origin,
    first: facts.first_seq,
    last: chain.next - 1,
    records: chain.shown,
    skipped: chain.skipped,
    checkpoints: facts.checkpoints.length,
    signedAt: facts.checkpoints.at(-1)?.signedAt ?? null,
    keys: facts.keyTexts,
    trusted: given.length > 0,
  };
}

function readFacts(small, given) {
  const text = (name) => {
    must(small.has(name), `${name} is missing`);
    return small.get(name).toString('utf8');
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
  const keys = keyTexts.map(parseVerifierKey);
  must(
    keys.length > 0 && !keys.includes(null),
    given.length > 0 ? 'a given key is no verifier key' : 'keys.txt is damaged',
  );
  const notes = splitNotes(text('checkpoints.txt'));
  must(notes !== null, 'checkpoints.txt is damaged');
  const checkpoints = notes.map((note) => openCheckpoint(note, origin, keys));
  must(!checkpoints.includes(null), 'checkpoints.txt holds a checkpoint that none of the keys has signed');
  return { ...facts, keys, keyTexts, checkpoints, tenant: tenantBytes(origin) };
}

/** Of those kept elsewhere, the ones of this chain. */
function otherCheckpoints(elsewhere, { origin, keys }) {
  return elsewhere.flatMap((text) => {
    const notes = splitNotes(text);
    must(notes !== null, 'the given checkpoints are damaged');
    return notes
      .filter((note) => note.startsWith(`${origin}\n`))
      .map((note) => {
        const opened = openCheckpoint(note, origin, keys);
        must(opened !== null, 'a given checkpoint is signed by none of the keys');
        return opened;
      });
  });
}

function finish(chain, facts, others) {
  const { origin, checkpoints, first_seq: first, last_seq: last, first_prev: prev, genesis_key_id: keyId } = facts;
  must(chain.next - 1 >= last, `the records end at ${chain.next - 1}, and should at ${last}`, chain.next);
  must(chain.next - 1 === last, 'there are more records than the export says', last + 1);
  must(
    chain.shown === facts.records && chain.skipped === facts.skipped,
    'records were left out of the export afterwards',
  );
  if (first === 1) {
    const genesis = sha256(Buffer.concat([Buffer.of(0), chain.preimage.subarray(1, 17), Buffer.from(keyId)]));
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
  for (const other of others.sort((a, b) => a.size - b.size)) {
    if (other.size < first - 1) continue;
    must(
      other.size <= last || other.signedAt > before.signedAt,
      `there were ${other.size} records before this export was made: the chain was cut off`,
      last + 1,
    );
    if (other.size <= last) compare(chain, other, first - 1, first, last);
  }
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
function checkManifest(small, digests, { origin, keys }) {
  must(small.has('manifest.sha256') && small.has('manifest.sig'), 'the manifest is missing');
  const opened = openNote(small.get('manifest.sig').toString('utf8'), keys);
  must(opened?.name === origin, 'none of the keys has signed the manifest');
  const [mark, digest] = opened.lines;
  must(
    mark === MARK_OF_EXPORT && digest === digests.get('manifest.sha256'),
    'manifest.sha256 is not the one that was signed',
  );
  const manifest = parseManifest(small.get('manifest.sha256').toString('utf8'));
  for (const [name, expected] of manifest) {
    must(digests.has(name), `${name} is missing`);
    must(digests.get(name) === expected, `${name} is not the file that was signed`);
  }
  const unknown = [...digests.keys()].find((name) => !manifest.has(name) && !/^manifest\.(sha256|sig)$/.test(name));
  must(unknown === undefined, `${unknown} is no part of the export`);
}

// ---- the command ----

function parseArguments(argv) {
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
  const options = parseArguments(process.argv.slice(2));
  const place = options.place ?? path.dirname(fileURLToPath(import.meta.url));
  const found = await verifyExport(filesOf(place), options);
  console.log(
    `OK: ${found.origin}, records ${found.first} to ${found.last}: ${found.records} shown, ${found.skipped} left out.`,
  );
  console.log(`${found.checkpoints} signed checkpoints hold; the last is of ${found.signedAt}.`);
  if (!found.trusted)
    console.log(
      `Signed by the keys that the export itself names. Compare them with the hub's own:\n${found.keys.join('\n')}`,
    );
}

const isCommand = process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href;
if (isCommand) {
  main().catch((error) => {
    if (error instanceof Broken) {
      console.log(`BROKEN${error.seq === null ? '' : ` at record ${error.seq}`}: ${error.message}.`);
      process.exitCode = 1;
    } else {
      console.error(`It cannot be checked: ${error.message}`);
      process.exitCode = 2;
    }
  });
}
