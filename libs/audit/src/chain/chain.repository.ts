import { type TenantTx } from '@hub/tenancy';

export interface ChainHead {
  readonly keyId: string;
  /** Records ever made: the place of the last one. */
  readonly size: number;
  readonly hash: Buffer;
  /** Records that have been pruned from the beginning, and the hash of the last of them (the genesis when there are none). */
  readonly prunedSize: number;
  readonly prunedHash: Buffer;
}

/** `null` for a chain without records. */
export async function findHead(tx: TenantTx): Promise<ChainHead | null> {
  const [row] = await tx.query<{
    key_id: string;
    seq: number;
    hash: Buffer;
    pruned_seq: number;
    pruned_hash: Buffer;
  }>(`select key_id, seq, hash, pruned_seq, pruned_hash from audit_heads where tenant_id = $1`, [tx.tenantId]);
  if (row === undefined) return null;
  return {
    keyId: row.key_id,
    size: row.seq,
    hash: row.hash,
    prunedSize: row.pruned_seq,
    prunedHash: row.pruned_hash,
  };
}

export interface ChainRecord {
  readonly seq: number;
  /** Canonical JSON, as it was hashed. */
  readonly text: string;
  readonly prev: Buffer;
  readonly hash: Buffer;
  /** Of the actor's personal fields; absent when they were erased, or there are none. */
  readonly subjectKey: Buffer | undefined;
}

/** Records after `after` up to `upTo`, in order. */
export async function readChain(tx: TenantTx, after: number, upTo: number, limit: number): Promise<ChainRecord[]> {
  const rows = await tx.query<{ seq: number; text: string; prev: Buffer; hash: Buffer; key: Buffer | null }>(
    `select r.seq, r.record::text as text, r.prev, r.hash, k.key
     from audit_records r
     left join audit_subject_keys k on k.tenant_id = r.tenant_id and k.subject = r.actor
     where r.tenant_id = $1 and r.seq > $2 and r.seq <= $3 order by r.seq limit $4`,
    [tx.tenantId, after, upTo, limit],
  );
  return rows.map(({ key, ...row }) => ({ ...row, subjectKey: key ?? undefined }));
}
