import { readFileSync } from 'node:fs';
import path from 'node:path';
import { err, ok, toPublicId, type Logger, type ObjectStore, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { followChain, type ChainPlace } from '../chain/check-chain';
import { findHead, readChain, type ChainRecord } from '../chain/chain.repository';
import { chainName, originOf, signCheckpoint } from '../checkpoints/checkpoint';
import { listCheckpoints } from '../checkpoints/checkpoint.repository';
import { matchingPlaces } from '../read/audit.repository';
import { signNote, verifierKey } from '../signing/signed-note';
import { listSigningKeys } from '../signing/signing-key.repository';
import { type SigningKey } from '../signing/signing-key';
import { archiveEnd, archivePiece, sha256Hex } from './archive';
import { csvHeader, csvLine, exportLine } from './export-lines';
import {
  claimExport,
  expireExport,
  failExport,
  finishExport,
  keepProgress,
  releaseExport,
  type ClaimedExport,
} from './export.repository';
import { type ExportPart } from './export.types';

const PAGE = 500;
/** A piece is in memory as a whole. */
const MOST_OF_A_PIECE = 10_000;
const MOST_BYTES_OF_A_PIECE = 8 * 1024 * 1024;
/** In the first line of what is signed, so that no manifest can pass for a checkpoint. */
const MANIFEST_MARK = 'integration-hub/audit-export/v1';

export interface ExporterOptions {
  readonly tenants: TenantDb;
  readonly store: ObjectStore;
  readonly key: SigningKey;
  readonly logger: Logger;
  /** How long a finished export can be fetched. */
  readonly keptDays: number;
  readonly now?: () => Date;
  /** Records in a piece; for tests. */
  readonly pieceRecords?: number;
}

/** How an attempt at an export ended: it is there, it will never be, or another attempt follows. */
export type ExportOutcome = 'succeeded' | 'failed' | 'interrupted' | 'not_mine';
type Refusal = 'chain_broken' | 'interrupted';

interface Piece {
  readonly records: readonly ChainRecord[];
  readonly shown: ReadonlySet<number>;
  readonly end: ChainPlace;
}

/**
 * Makes exports in pieces that are kept one by one, so that whoever goes on after a crash begins after the last of them.
 * Every record is checked against the chain as it is read: what does not hold is not exported under a signature.
 */
export class Exporter {
  constructor(private readonly options: ExporterOptions) {}

  /** @param signal says that the worker is to stop: the export is left after the piece under way */
  async run(tenantId: string, id: string, signal: AbortSignal): Promise<ExportOutcome> {
    const { tenants, logger } = this.options;
    const claimed = await tenants.run(tenantId, (tx) => claimExport(tx, id));
    if (claimed === null) return 'not_mine';
    const done = await this.make(tenantId, claimed, signal);
    if (done.ok) return done.value;
    if (done.error === 'interrupted') {
      await tenants.run(tenantId, (tx) => releaseExport(tx, claimed));
      return 'interrupted';
    }
    logger.error('an audit export found its chain broken', { tenant_id: tenantId });
    await tenants.run(tenantId, (tx) => failExport(tx, claimed, done.error));
    return 'failed';
  }

  /** Deletes whatever was made of it, also a piece that a worker had not noted down when it died. */
  async expire(tenantId: string, id: string): Promise<void> {
    const { tenants, store, logger } = this.options;
    for (;;) {
      const page = await store.list(folderOf(tenantId, id));
      const deleted = page.ok ? await Promise.all(page.value.objects.map(({ key }) => store.delete(key))) : [];
      if (!page.ok || deleted.some(({ ok }) => !ok)) {
        logger.warn('an audit export could not be deleted; it is tried again', { tenant_id: tenantId });
        return;
      }
      if (!page.value.more) break;
    }
    await tenants.run(tenantId, (tx) => expireExport(tx, id));
  }

  private async make(
    tenantId: string,
    claimed: ClaimedExport,
    signal: AbortSignal,
  ): Promise<Result<'succeeded' | 'not_mine', Refusal>> {
    let { matched, parts } = claimed;
    let place = await this.placeOf(tenantId, claimed);
    while (place.seq < claimed.lastSeq) {
      if (signal.aborted) return err('interrupted');
      const piece = await this.read(tenantId, claimed, place);
      if (!piece.ok) return piece;
      const written = await this.write(tenantId, claimed, piece.value, parts);
      if (!written.ok) return written;
      place = piece.value.end;
      parts = written.value;
      matched += piece.value.shown.size;
      const progress = { doneSeq: place.seq, matched, parts };
      if (!(await this.options.tenants.run(tenantId, (tx) => keepProgress(tx, claimed, progress))))
        return ok('not_mine');
    }
    return this.finish(tenantId, { ...claimed, matched, parts }, place);
  }

  /** Where the last piece ended. */
  private async placeOf(tenantId: string, { firstSeq, firstPrev, doneSeq }: ClaimedExport): Promise<ChainPlace> {
    if (doneSeq < firstSeq) return { seq: doneSeq, hash: firstPrev };
    const [last] = await this.options.tenants.run(tenantId, (tx) => readChain(tx, doneSeq - 1, doneSeq, 1));
    return { seq: doneSeq, hash: last?.hash ?? firstPrev };
  }

  private async read(
    tenantId: string,
    { filter, lastSeq }: ClaimedExport,
    from: ChainPlace,
  ): Promise<Result<Piece, Refusal>> {
    const records: ChainRecord[] = [];
    const shown = new Set<number>();
    let [end, bytes] = [from, 0];
    const most = this.options.pieceRecords ?? MOST_OF_A_PIECE;
    while (end.seq < lastSeq && records.length < most && bytes < MOST_BYTES_OF_A_PIECE) {
      const after = end.seq;
      const limit = Math.min(PAGE, most - records.length);
      const page = await this.options.tenants.run(tenantId, async (tx) => {
        const read = await readChain(tx, after, lastSeq, limit);
        return { read, matching: await matchingPlaces(tx, after, after + read.length, filter) };
      });
      const followed = followChain(tenantId, end, page.read);
      if (!followed.ok || page.read.length === 0) return err('chain_broken');
      end = followed.value;
      records.push(...page.read);
      page.matching.forEach((seq) => shown.add(seq));
      bytes += page.read.reduce((sum, { text }) => sum + text.length, 0);
    }
    return ok({ records, shown, end });
  }

  private async write(
    tenantId: string,
    claimed: ClaimedExport,
    { records, shown }: Piece,
    parts: readonly ExportPart[],
  ): Promise<Result<readonly ExportPart[], Refusal>> {
    const number = String(parts.filter(({ name }) => name.endsWith('.jsonl')).length + 1).padStart(6, '0');
    const lines = records.map((record) => exportLine(tenantId, record, shown.has(record.seq)));
    const files = [{ name: `records-${number}.jsonl`, content: lines.join('') }];
    if (claimed.format === 'csv') {
      const rows = records.filter(({ seq }) => shown.has(seq)).map((record) => csvLine(tenantId, record));
      files.push({ name: `records-${number}.csv`, content: csvHeader() + rows.join('') });
    }
    return this.store(tenantId, claimed, files, parts);
  }

  private async finish(
    tenantId: string,
    claimed: ClaimedExport,
    end: ChainPlace,
  ): Promise<Result<'succeeded' | 'not_mine', Refusal>> {
    const { tenants, keptDays } = this.options;
    const files = await this.accompaniment(tenantId, claimed, end);
    const stored = await this.store(tenantId, claimed, files, []);
    if (!stored.ok) return stored;
    // What is needed to begin stands before the records, so that the archive can be checked while it is read.
    const parts = [...stored.value, ...claimed.parts];
    const manifest = await this.store(tenantId, claimed, this.manifest(tenantId, parts), []);
    if (!manifest.ok) return manifest;
    const ending = await this.put(claimed.id, tenantId, 'end', await archiveEnd());
    if (!ending.ok) return ending;
    const whole = [...manifest.value, ...parts, { ...ending.value, name: '', sha256: '' }];
    const isMine = await tenants.run(tenantId, (tx) => finishExport(tx, claimed, whole, keptDays));
    return ok(isMine ? 'succeeded' : 'not_mine');
  }

  private async accompaniment(tenantId: string, claimed: ClaimedExport, end: ChainPlace): Promise<ExportFile[]> {
    const { tenants, key } = this.options;
    const { firstSeq, firstPrev, lastSeq } = claimed;
    const { notes, keys, head } = await tenants.run(tenantId, async (tx) => ({
      notes: await listCheckpoints(tx, firstSeq - 1, lastSeq),
      keys: await listSigningKeys(tx),
      head: await findHead(tx),
    }));
    const signedAt = (this.options.now ?? (() => new Date()))();
    notes.push(signCheckpoint(tenantId, { size: end.seq, head: end.hash, signedAt }, key));
    const origin = originOf(tenantId);
    const facts = {
      version: 1,
      export_id: toPublicId('auditExport', claimed.id),
      origin,
      filter: claimed.filter,
      exported_at: signedAt.toISOString(),
      first_seq: firstSeq,
      last_seq: lastSeq,
      // The hash of the last record that was pruned, or what the first one stands on.
      first_prev: firstPrev.toString('hex'),
      genesis_key_id: head?.keyId ?? '',
      records: claimed.matched,
      skipped: lastSeq - firstSeq + 1 - claimed.matched,
    };
    return [
      { name: 'export.json', content: `${JSON.stringify(facts, null, 2)}\n` },
      { name: 'keys.txt', content: keys.map((known) => `${verifierKey(origin, known)}\n`).join('') },
      { name: 'checkpoints.txt', content: notes.join('') },
      { name: 'verify.mjs', content: verifierSource() },
    ];
  }

  private manifest(tenantId: string, parts: readonly ExportPart[]): ExportFile[] {
    const names = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
    const text = names.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
    const lines = [MANIFEST_MARK, sha256Hex(Buffer.from(text))];
    return [
      { name: 'manifest.sha256', content: text },
      { name: 'manifest.sig', content: signNote(lines, originOf(tenantId), this.options.key) },
    ];
  }

  private async store(
    tenantId: string,
    { id }: ClaimedExport,
    files: readonly ExportFile[],
    before: readonly ExportPart[],
  ): Promise<Result<readonly ExportPart[], Refusal>> {
    const parts = [...before];
    for (const { name, content } of files) {
      const bytes = Buffer.from(content);
      const piece = await archivePiece(`audit-export-${toPublicId('auditExport', id)}/${name}`, bytes);
      const stored = await this.put(id, tenantId, name, piece);
      if (!stored.ok) return stored;
      parts.push({ ...stored.value, name, sha256: sha256Hex(bytes) });
    }
    return ok(parts);
  }

  private async put(
    id: string,
    tenantId: string,
    name: string,
    piece: Buffer,
  ): Promise<Result<{ key: string; bytes: number }, Refusal>> {
    const key = `${folderOf(tenantId, id)}${name}.gz`;
    const stored = await this.options.store.put(key, piece, { contentType: 'application/gzip' });
    if (stored.ok) return ok({ key, bytes: piece.length });
    const message = 'a piece of an audit export could not be kept; it is tried again';
    this.options.logger.warn(message, { tenant_id: tenantId, code: stored.error.code });
    return err('interrupted');
  }
}

function folderOf(tenantId: string, id: string): string {
  return `audit/exports/${chainName(tenantId)}/${toPublicId('auditExport', id)}/`;
}

interface ExportFile {
  readonly name: string;
  readonly content: string;
}

/** The very program of this repository goes along with every export. */
export function verifierSource(): string {
  return readFileSync(path.join(__dirname, '../verifier/verify.mjs'), 'utf8');
}
