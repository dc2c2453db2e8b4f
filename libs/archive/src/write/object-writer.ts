import { createHash } from 'node:crypto';
import { deriveKey, err, newUuid, ok, type ObjectStore, type ObjectStoreError, type Result } from '@hub/platform';
import { type OpenDataKey, type TenantDataKeys } from '@hub/tenancy';
import { type ArchiveError, type TenantDay } from '../archive.types';
import { type ArchiveObject } from '../objects/archive-objects.repository';
import { filterOf } from '../objects/bloom-filter';
import { objectKeyOf, openObject, sealObject } from '../objects/sealed-object';
import { type HistoryRow } from '../rows/row-pages.repository';

/** Of text before it is compressed: what a look-up has to open to find one event. */
const MOST_OBJECT_BYTES = 4 * 1024 * 1024;
const MOST_OBJECT_ROWS = 5_000;

/** Rows on their way into one object. */
export class ObjectDraft {
  readonly rows: HistoryRow[] = [];
  private bytes = 0;

  add(row: HistoryRow): void {
    this.rows.push(row);
    this.bytes += Buffer.byteLength(row.line) + 1;
  }

  get isFull(): boolean {
    return this.bytes >= MOST_OBJECT_BYTES || this.rows.length >= MOST_OBJECT_ROWS;
  }
}

/**
 * Writes objects and reads them back. Only what has been read back, opened and found to be the same text may be told to
 * anybody as archived.
 */
export class ObjectWriter {
  constructor(
    private readonly store: ObjectStore,
    private readonly keys: TenantDataKeys,
  ) {}

  async write(
    place: TenantDay,
    source: ArchiveObject['source'],
    rows: readonly HistoryRow[],
  ): Promise<Result<ArchiveObject, ArchiveError>> {
    const [first, last] = [rows[0], rows[rows.length - 1]];
    if (first === undefined || last === undefined) throw new Error('an object without rows');
    const key = await this.keys.active(place.tenantId);
    if (!key.ok) return err({ code: 'key_unavailable', message: key.error.message });
    const lines = Buffer.from(rows.map((row) => `${row.line}\n`).join(''));
    const objectKey = objectKeyOf(key.value.dataKey, place, first.id, lines);
    const stored = await this.putAndReadBack(key.value, objectKey, lines);
    if (!stored.ok) return stored;
    const refs = rows.flatMap((row) => (row.ref === null ? [] : [row.ref])).sort();
    const entries = new Set(rows.flatMap((row) => (row.entry === null ? [] : [row.entry])));
    return ok({
      ...place,
      id: newUuid(),
      source,
      objectKey,
      keyId: key.value.id,
      rowCount: rows.length,
      first: { tx: first.tx, id: first.id },
      last: { tx: last.tx, id: last.id },
      leastRef: refs[0] ?? null,
      greatestRef: refs[refs.length - 1] ?? null,
      filter: filterOf(deriveKey(key.value.dataKey, 'archive-filters'), entries),
      checksum: rows.reduce((sum, row) => sum + BigInt(row.hash), 0n).toString(),
      sha256: createHash('sha256').update(stored.value).digest(),
      bytes: lines.length,
      bytesStored: stored.value.length,
    });
  }

  /** The key that was used is gone: the next object asks for the tenant's key anew. */
  forgetKey(tenantId: string): void {
    this.keys.forget(tenantId);
  }

  private async putAndReadBack(
    { dataKey }: OpenDataKey,
    objectKey: string,
    lines: Buffer,
  ): Promise<Result<Buffer, ArchiveError>> {
    const sealed = await sealObject(dataKey, objectKey, lines);
    const contentType = 'application/octet-stream';
    const put = await this.store.put(objectKey, sealed, { contentType, ifNoneMatch: '*' });
    if (!put.ok) return err(storeFailed(put.error));
    const readBack = async (): Promise<Result<Buffer | null, ArchiveError>> => {
      const got = await this.store.get(objectKey);
      if (!got.ok) return err(storeFailed(got.error));
      const opened = await openObject(dataKey, objectKey, got.value).catch(() => null);
      return ok(opened?.equals(lines) === true ? got.value : null);
    };
    const found = await readBack();
    if (!found.ok) return found;
    if (found.value !== null) return ok(found.value);
    // The name says what ought to be there: whatever else is there was broken on the way, and is mended.
    const again = await this.store.put(objectKey, sealed, { contentType });
    if (!again.ok) return err(storeFailed(again.error));
    const mended = await readBack();
    if (!mended.ok) return mended;
    return mended.value === null
      ? err({ code: 'not_as_written', message: 'the object store answers with other bytes than it was given' })
      : ok(mended.value);
  }
}

export function storeFailed({ code, message }: ObjectStoreError): ArchiveError {
  return { code: `store_${code}`, message };
}
