import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/** Records after which a chain is signed without waiting for the minute. */
const SIGNED_AFTER_RECORDS = 1_000;

export interface DueChain {
  readonly tenantId: string;
  readonly keyId: string;
  readonly size: number;
  readonly head: Buffer;
  /** The newest checkpoint, unless there is none. */
  readonly lastNote: string | null;
}

/**
 * Chains of all tenants whose newest checkpoint is too old, or lies too many records back. For the dispatcher.
 *
 * @param everySeconds a chain that has not moved is signed as often: silence can be proved as well
 */
export async function findDueChains(dispatcher: Database, everySeconds: number, limit: number): Promise<DueChain[]> {
  const rows = await dispatcher.query<{
    tenant_id: string;
    key_id: string;
    seq: number;
    hash: Buffer;
    note: string | null;
  }>(
    `select h.tenant_id, h.key_id, h.seq, h.hash, c.note
     from audit_heads h
     left join lateral (
       select size, signed_at, note from audit_checkpoints c
       where c.tenant_id = h.tenant_id order by c.size desc, c.signed_at desc limit 1
     ) c on true
     where c.size is null or c.signed_at <= now() - make_interval(secs => $1) or h.seq - c.size >= ${SIGNED_AFTER_RECORDS}
     order by c.signed_at nulls first limit $2`,
    [everySeconds, limit],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    keyId: row.key_id,
    size: row.seq,
    head: row.hash,
    lastNote: row.note,
  }));
}

export interface NewCheckpoint {
  readonly tenantId: string;
  readonly size: number;
  readonly signedAt: Date;
  readonly note: string;
  /** Whether it is the first over this size. Later ones take each other's place. */
  readonly isFirst: boolean;
}

export async function keepCheckpoints(dispatcher: Database, checkpoints: readonly NewCheckpoint[]): Promise<void> {
  await dispatcher.query(
    `insert into audit_checkpoints (tenant_id, size, place, signed_at, note)
     select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[])
     on conflict (tenant_id, size, place) do update set signed_at = excluded.signed_at, note = excluded.note
       where audit_checkpoints.place = 'latest'`,
    [
      checkpoints.map(({ tenantId }) => tenantId),
      checkpoints.map(({ size }) => size),
      checkpoints.map(({ isFirst }) => (isFirst ? 'first' : 'latest')),
      checkpoints.map(({ signedAt }) => signedAt),
      checkpoints.map(({ note }) => note),
    ],
  );
}

/** Notes over sizes from `from` to `to`, in order. */
export async function listCheckpoints(tx: TenantTx, from: number, to: number): Promise<string[]> {
  const rows = await tx.query<{ note: string }>(
    `select note from audit_checkpoints where tenant_id = $1 and size between $2 and $3 order by size, signed_at`,
    [tx.tenantId, from, to],
  );
  return rows.map((row) => row.note);
}

export async function newestCheckpoint(tx: TenantTx): Promise<string | null> {
  const [row] = await tx.query<{ note: string }>(
    `select note from audit_checkpoints where tenant_id = $1 order by size desc, signed_at desc limit 1`,
    [tx.tenantId],
  );
  return row?.note ?? null;
}
