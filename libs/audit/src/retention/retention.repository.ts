import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/** Enough for an audit of last year, and for the month in which it is made. */
const DEFAULT_RETENTION_DAYS = 400;

/** The operator's, of every chain. */
export interface AuditRetentionBounds {
  readonly minDays: number;
  readonly maxDays: number;
}

/** What holds: the tenant's wish, or else the hub's figure, within bounds. Bounds that were set later win. */
export async function findRetentionDays(tx: TenantTx, bounds: AuditRetentionBounds): Promise<number> {
  const [row] = await tx.query<{ retention_days: number }>(
    `select retention_days from audit_settings where tenant_id = $1`,
    [tx.tenantId],
  );
  return Math.max(bounds.minDays, Math.min(row?.retention_days ?? DEFAULT_RETENTION_DAYS, bounds.maxDays));
}

export async function keepRetentionDays(tx: TenantTx, days: number): Promise<void> {
  await tx.query(
    `insert into audit_settings (tenant_id, retention_days) values ($1, $2)
     on conflict (tenant_id) do update set retention_days = excluded.retention_days, updated_at = now()`,
    [tx.tenantId, days],
  );
}

export interface PrunedRecords {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lastHash: Buffer;
}

/**
 * Deletes the oldest records, up to the last signed checkpoint before those that are younger than `days`. The database
 * allows no other way, none younger than 30 days, and none while an export is open: whoever asks for one waits for the lock
 * of the chain that is taken here, or has it first. So this comes last in its transaction.
 *
 * @returns `null` when there is nothing to delete
 */
export async function pruneRecords(tx: TenantTx, days: number, most: number): Promise<PrunedRecords | null> {
  const [row] = await tx.query<{ first_seq: number; last_seq: number; last_hash: Buffer }>(
    `select first_seq, last_seq, last_hash from prune_audit_records($1, $2, $3)`,
    [tx.tenantId, days, most],
  );
  return row === undefined ? null : { firstSeq: row.first_seq, lastSeq: row.last_seq, lastHash: row.last_hash };
}

/** Every chain there is. For the dispatcher. */
export async function listChains(dispatcher: Database): Promise<string[]> {
  const rows = await dispatcher.query<{ tenant_id: string }>(`select tenant_id from audit_heads order by tenant_id`);
  return rows.map((row) => row.tenant_id);
}

/**
 * Destroys the key of an actor's personal fields: what every record says of their name, address and program is gone, in
 * every copy that holds it sealed. The records stay, and their chain holds. Under a legal hold the database shows no key to
 * delete; who asks for a hold before, in the same transaction, holds one off that would be set meanwhile.
 *
 * @returns whether there was a key
 */
export async function eraseSubject(tx: TenantTx, subject: string): Promise<boolean> {
  const rows = await tx.query(`delete from audit_subject_keys where tenant_id = $1 and subject = $2 returning 1`, [
    tx.tenantId,
    subject,
  ]);
  return rows.length > 0;
}
