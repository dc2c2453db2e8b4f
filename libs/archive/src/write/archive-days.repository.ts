import { type TenantTx } from '@hub/tenancy';
import { type ArchiveKind, type Day } from '../archive.types';
import { insertObject, type ArchiveObject, type Position } from '../objects/archive-objects.repository';

export interface DayProgress {
  readonly sealed: boolean;
  /** The last row that is in an object, or null. */
  readonly last: Position | null;
}

/** Begins the day, or says how far it has got. */
export async function openDay(tx: TenantTx, kind: ArchiveKind, day: Day): Promise<DayProgress> {
  await tx.query(`insert into archive_days (tenant_id, kind, day) values ($1, $2, $3) on conflict do nothing`, [
    tx.tenantId,
    kind,
    day,
  ]);
  const [row] = await tx.query<{ status: string; last_tx: string | null; last_id: string | null }>(
    `select status, last_tx::text, last_id from archive_days where tenant_id = $1 and kind = $2 and day = $3`,
    [tx.tenantId, kind, day],
  );
  const last = row?.last_id == null ? null : { tx: row.last_tx ?? '0', id: row.last_id };
  return { sealed: row?.status === 'sealed', last };
}

export type Recorded = 'recorded' | 'overtaken' | 'key_gone';

/**
 * Puts the object into the manifest and moves the day on, in one. Moves only from where the caller has been: of two workers
 * on one day, the slower one is `overtaken`, and no row is in two objects.
 */
export async function recordObject(tx: TenantTx, object: ArchiveObject, from: Position | null): Promise<Recorded> {
  const moved = await tx.query(
    `update archive_days set last_tx = $4, last_id = $5
     where tenant_id = $1 and kind = $2 and day = $3 and status = 'writing' and last_id is not distinct from $6 and last_tx is not distinct from $7
     returning 1 as moved`,
    [
      tx.tenantId,
      object.kind,
      object.day,
      object.last.tx,
      object.last.id,
      from?.id ?? null,
      from === null ? null : from.tx,
    ],
  );
  if (moved.length === 0) return 'overtaken';
  return (await insertObject(tx, object)) === null ? 'key_gone' : 'recorded';
}

/** All of the day's rows that may leave are in objects. */
export async function sealDay(tx: TenantTx, kind: ArchiveKind, day: Day, at: Position | null): Promise<boolean> {
  const sealed = await tx.query(
    `update archive_days set status = 'sealed', sealed_at = now()
     where tenant_id = $1 and kind = $2 and day = $3 and status = 'writing' and last_id is not distinct from $4 returning 1 as sealed`,
    [tx.tenantId, kind, day, at?.id ?? null],
  );
  return sealed.length > 0;
}
