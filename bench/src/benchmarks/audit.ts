import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chainHash,
  genesisHash,
  originOf,
  recordDigest,
  signCheckpoint,
  signNote,
  SigningKey,
  verifierKey,
  verifierSource,
} from '@hub/audit';
import { canonicalJson, newUuid, toPublicId } from '@hub/platform';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { type Stage } from '../stage/stage';
import { alternate } from './subject';

const RECORDS = 1_000_000;
const RECORDS_OF_A_FILE = 10_000;
const HUB = 'verify.mjs';
const BARE = 'SHA-256 of the same bytes';

/** The same files, read and hashed and nothing else: what no check of them can be faster than. */
const BARE_PROGRAM = `
  const fs = require('node:fs'), path = require('node:path'), crypto = require('node:crypto');
  for (const name of fs.readdirSync(process.argv[1])) {
    crypto.createHash('sha256').update(fs.readFileSync(path.join(process.argv[1], name))).digest();
  }`;

/** How long it takes to check an export of a million records offline, the start of Node and the reading of the files included. */
export async function benchAudit(stage: Stage, options: BenchOptions): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-audit-'));
  try {
    const key = await writeExport(folder);
    return {
      name: `audit: ${RECORDS.toLocaleString('en-US')} records`,
      rows: await alternate(
        stage,
        [
          { name: BARE, run: () => timed(['-e', BARE_PROGRAM, folder]) },
          { name: HUB, run: () => timed([join(folder, 'verify.mjs'), folder, '--key', key]) },
        ],
        options,
      ),
      baselines: [BARE],
      figure: 's',
      targets: [{ row: HUB, figure: 's', relation: 'at most', value: 10 }],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An export as the worker would make it, without a database: a chain of records of usual size. @returns its verifier key */
async function writeExport(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tenant = newUuid();
  const origin = originOf(tenant);
  const key = SigningKey.parse(randomBytes(32).toString('base64'));
  if (!key.ok) throw new Error(key.error);
  const files = new Map<string, string>();
  const write = async (name: string, content: string): Promise<void> => {
    files.set(name, createHash('sha256').update(content).digest('hex'));
    await writeFile(join(folder, name), content);
  };
  let prev = genesisHash(tenant, key.value.id);
  const notes: string[] = [];
  for (let first = 1; first <= RECORDS; first += RECORDS_OF_A_FILE) {
    const lines: string[] = [];
    for (let seq = first; seq < first + RECORDS_OF_A_FILE; seq++) {
      const { personal, record } = sampleRecord(seq);
      const hash = chainHash(tenant, seq, prev, recordDigest(record));
      const head = `{"seq":${seq},"prev":"${prev.toString('hex')}","hash":"${hash.toString('hex')}"`;
      lines.push(`${head},"personal":${personal},"record":${record}}\n`);
      prev = hash;
    }
    const size = first + RECORDS_OF_A_FILE - 1;
    notes.push(signCheckpoint(tenant, { size, head: prev, signedAt: new Date(size) }, key.value));
    const number = String(notes.length).padStart(6, '0');
    await write(`records-${number}.jsonl`, lines.join(''));
  }
  const facts = { origin, first_seq: 1, last_seq: RECORDS, records: RECORDS, skipped: 0, genesis_key_id: key.value.id };
  const firstPrev = genesisHash(tenant, key.value.id).toString('hex');
  await write('export.json', JSON.stringify({ ...facts, first_prev: firstPrev }));
  await write('keys.txt', `${verifierKey(origin, key.value.publicKey)}\n`);
  await write('checkpoints.txt', notes.join(''));
  await write('verify.mjs', verifierSource());
  const manifest = [...files].map(([name, digest]) => `${digest}  ${name}\n`).join('');
  const digest = createHash('sha256').update(manifest).digest('hex');
  await writeFile(join(folder, 'manifest.sha256'), manifest);
  await writeFile(
    join(folder, 'manifest.sig'),
    signNote(['integration-hub/audit-export/v1', digest], origin, key.value),
  );
  return verifierKey(origin, key.value.publicKey);
}

/** A change of a mapping's name, with the fields of whoever made it beside it. */
function sampleRecord(seq: number): { readonly personal: string; readonly record: string } {
  const personal = canonicalJson({
    ip: '192.0.2.7',
    label: 'deploy key',
    salt: `salt of ${seq}`,
    user_agent: 'curl/8',
  });
  const digest = createHash('sha256').update(personal).digest('hex');
  const state = { id: `map_${seq}`, name: `Invoices to ERP ${seq}`, published_version: 3, latest_version: 4 };
  const record = canonicalJson({
    v: 1,
    id: toPublicId('auditRecord', newUuid()),
    time: new Date(seq).toISOString(),
    action: 'mapping.updated',
    outcome: 'succeeded',
    actor: { type: 'api_key', id: 'key_01j00000000000000000000000', personal: { digest, sealed: 'x'.repeat(160) } },
    target: { type: 'mapping', id: `map_${seq}`, name: state.name },
    before: state,
    after: { ...state, name: `${state.name} (new)` },
    details: null,
    reason: null,
    request_id: `req_${seq}`,
  });
  return { personal, record };
}

async function timed(args: readonly string[]): Promise<Figures> {
  const started = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  const seconds = (performance.now() - started) / 1_000;
  return { s: seconds, 'records/s': RECORDS / seconds };
}
