import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { appendAudit } from '../append/append-audit';
import { systemActor } from '../append/audit-entry';
import { chainName, originOf } from '../checkpoints/checkpoint';
import { findRetentionDays, pruneRecords, type AuditRetentionBounds } from './retention.repository';

/** In one transaction, which locks the chain. */
const MOST_AT_ONCE = 5_000;

/**
 * Deletes what a tenant no longer keeps. The chain then begins at a signed checkpoint, and its next record says how many
 * records there were before it, and with what hash they ended.
 *
 * @param isHeld whether nothing of the tenant may be deleted for now
 * @returns how many records are gone
 */
export async function pruneChain(
  tenants: TenantDb,
  tenantId: string,
  bounds: AuditRetentionBounds,
  isHeld: (tx: TenantTx) => Promise<boolean>,
): Promise<number> {
  let pruned = 0;
  for (;;) {
    const count = await tenants.run(tenantId, async (tx) => ((await isHeld(tx)) ? 0 : pruneOnce(tx, bounds)));
    pruned += count;
    if (count === 0) return pruned;
  }
}

async function pruneOnce(tx: TenantTx, bounds: AuditRetentionBounds): Promise<number> {
  const days = await findRetentionDays(tx, bounds);
  const gone = await pruneRecords(tx, days, MOST_AT_ONCE);
  if (gone === null) return 0;
  await appendAudit(tx, {
    action: 'audit.pruned',
    actor: systemActor('retention'),
    target: { type: 'audit_log', id: chainName(tx.tenantId) },
    details: {
      origin: originOf(tx.tenantId),
      first_seq: gone.firstSeq,
      last_seq: gone.lastSeq,
      last_hash: gone.lastHash.toString('hex'),
      retention_days: days,
    },
  });
  return gone.lastSeq - gone.firstSeq + 1;
}
