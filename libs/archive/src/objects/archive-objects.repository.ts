import { type TenantTx } from '@hub/tenancy';
import { type ArchiveKind, type Day } from '../archive.types';

/** One object of the store, as the manifest has it. */
export interface ArchiveObject {
  readonly id: string;
  readonly kind: ArchiveKind;
  readonly day: Day;
  readonly source: 'partition' | 'loose';
  readonly objectKey: string;
  readonly keyId: string;
  readonly rowCount: number;
  /** Rows are in the order of (transaction, id); the transaction is 0 where the table has none. */
  readonly first: Position;
  readonly last: Position;
  readonly leastRef: string | null;
  readonly greatestRef: string | null;
  readonly filter: Buffer;
  /** Sum of the rows' hashes. */
  readonly checksum: string;
  /** Of the object as it is stored. */
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly bytesStored: number;
}

export interface Position {
  readonly tx: string;
  readonly id: string;
}

/** What is needed to find and open an object. */
export interface ObjectPlace {
  readonly id: string;
  readonly kind: ArchiveKind;
  readonly objectKey: string;
  readonly keyId: string;
  readonly filter: Buffer;
}

/**
 * @returns the id under which the object is in the manifest, which is an earlier one's when it was written before; null when
 *   its key is no longer the tenant's: what was just sealed could never be opened.
 */
export async function insertObject(tx: TenantTx, object: ArchiveObject): Promise<string | null> {
  const values = [
    tx.tenantId,
    object.id,
    object.kind,
    object.day,
    object.source,
    object.objectKey,
    object.keyId,
    object.rowCount,
    object.first.tx,
    object.first.id,
    object.last.tx,
    object.last.id,
    object.leastRef,
    object.greatestRef,
    object.filter,
    object.checksum,
    object.sha256,
    object.bytes,
    object.bytesStored,
  ];
  // The key is locked: whoever destroys it meanwhile waits, and finds the object when they look for what to delete.
  const [key] = await tx.query(
    `select 1 as found from tenant_data_keys where tenant_id = $1 and id = $2 for key share`,
    [tx.tenantId, object.keyId],
  );
  if (key === undefined) return null;
  const [row] = await tx.query<{ id: string }>(
    `insert into archive_objects as o (tenant_id, id, kind, day, source, object_key, key_id, row_count, first_tx, first_id, last_tx, last_id,
       least_ref, greatest_ref, filter, checksum, sha256, bytes, bytes_stored)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     on conflict (tenant_id, object_key) do nothing returning id`,
    values,
  );
  if (row !== undefined) return row.id;
  const [earlier] = await tx.query<{ id: string }>(
    `select id from archive_objects where tenant_id = $1 and object_key = $2`,
    [tx.tenantId, object.objectKey],
  );
  return earlier?.id ?? null;
}

const PLACE = `id, kind, object_key as "objectKey", key_id as "keyId", filter`;

/** Newest first: what was archived again after it had changed is in the newer one. */
export function findObjectsWithId(tx: TenantTx, kind: ArchiveKind, day: Day, id: string): Promise<ObjectPlace[]> {
  return tx.query<ObjectPlace & Record<string, unknown>>(
    `select ${PLACE} from archive_objects
     where tenant_id = $1 and kind = $2 and day = $3 and first_id <= $4 and last_id >= $4 order by id desc`,
    [tx.tenantId, kind, day, id],
  );
}

/** Objects of the same day that are newer than this one, and may have rows of the range of ids. */
export function findNewerObjects(
  tx: TenantTx,
  { kind, day, id }: Pick<ArchiveObject, 'kind' | 'day' | 'id'>,
  range: { least: string; greatest: string },
): Promise<ObjectPlace[]> {
  return tx.query<ObjectPlace & Record<string, unknown>>(
    `select ${PLACE} from archive_objects
     where tenant_id = $1 and kind = $2 and day = $3 and id > $4 and first_id <= $6 and last_id >= $5`,
    [tx.tenantId, kind, day, id, range.least, range.greatest],
  );
}

/** Objects whose rows may point into the range; their filters tell more. Newest first. */
export function findObjectsWithRef(
  tx: TenantTx,
  kind: ArchiveKind,
  range: { least: string; greatest: string },
): Promise<ObjectPlace[]> {
  return tx.query<ObjectPlace & Record<string, unknown>>(
    `select ${PLACE} from archive_objects where tenant_id = $1 and kind = $2 and least_ref <= $4 and greatest_ref >= $3 order by id desc`,
    [tx.tenantId, kind, range.least, range.greatest],
  );
}

/**
 * Objects of events that may hold this event id of the tenant's own, newest first. Asked of the filters where they are: a
 * large tenant has megabytes of them.
 */
export function findObjectsWithEventId(
  tx: TenantTx,
  keyId: string,
  probes: readonly bigint[],
  limit: number,
): Promise<ObjectPlace[]> {
  return tx.query<ObjectPlace & Record<string, unknown>>(
    `select ${PLACE} from archive_objects o where tenant_id = $1 and kind = 'events' and key_id = $2 and not exists (
       select 1 from unnest($3::bigint[]) probe where get_bit(o.filter, probe & (8 * length(o.filter)::bigint - 1)) = 0)
     order by id desc limit $4`,
    [tx.tenantId, keyId, probes.map(String), limit],
  );
}

/** Ids of the data keys that objects of the tenant are sealed under. */
export async function keysInUse(tx: TenantTx): Promise<string[]> {
  const rows = await tx.query<{ key_id: string }>(
    `select distinct o.key_id from archive_objects o
     where o.tenant_id = $1 and exists (select 1 from tenant_data_keys k where k.tenant_id = o.tenant_id and k.id = o.key_id)`,
    [tx.tenantId],
  );
  return rows.map((row) => row.key_id);
}

export interface ObjectRow {
  id: string;
  kind: ArchiveKind;
  day: Day;
  object_key: string;
  row_count: number;
  first_id: string;
  last_id: string;
  sha256: Buffer;
  bytes: number;
  bytes_stored: number;
  created_at: Date;
}

export interface ObjectFilter {
  readonly kind?: ArchiveKind | undefined;
  readonly fromDay?: Day | undefined;
  readonly toDay?: Day | undefined;
}

/** Newest first. One row more than `limit`. */
export function listObjects(
  tx: TenantTx,
  filter: ObjectFilter,
  page: { limit: number; before: string | null },
): Promise<ObjectRow[]> {
  return tx.query<ObjectRow & Record<string, unknown>>(
    `select id, kind, day::text, object_key, row_count, first_id, last_id, sha256, bytes, bytes_stored, created_at
     from archive_objects
     where tenant_id = $1 and ($2::uuid is null or id < $2) and ($3::text is null or kind = $3)
       and ($4::date is null or day >= $4) and ($5::date is null or day <= $5)
     order by id desc limit $6`,
    [tx.tenantId, page.before, filter.kind ?? null, filter.fromDay ?? null, filter.toDay ?? null, page.limit + 1],
  );
}
