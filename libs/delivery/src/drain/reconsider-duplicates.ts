import { type TenantTx } from '@hub/tenancy';
import { settleMapAgain } from '../settle/settlement-policy';
import { type Settlement } from '../settle/settle.types';
import { type WriteBook } from './drain.ports';

/** Soon, because all that the delivery lacked is there. */
const LINKED_BY_NOW_MS = 0;

const HAS_UNKNOWN_OUTCOME = `
select 1 from deliveries
where tenant_id = $1 and connection_id = $2 and status = 'retrying'
  and last_error ->> 'category' in ('unknown_outcome', 'transient') limit 1`;

/**
 * A record that is there already is a matter for a person, unless the hub has written it: another delivery of the same
 * record may have been first, or have written it and not been told. Then the delivery is mapped again, by the schedule of
 * its retries, and becomes a change.
 *
 * Any write of the connection whose outcome is unknown is reason enough to wait: which record it has made is what nobody
 * knows.
 */
export async function reconsiderDuplicates(
  tx: TenantTx,
  connectionId: string,
  settlements: readonly Settlement[],
  book: WriteBook | undefined,
): Promise<readonly Settlement[]> {
  const refused = settlements.flatMap((settlement) => settlement.refused ?? []);
  if (refused.length === 0 || book === undefined) return settlements;
  const found = await book.findDuplicates(tx, connectionId, refused);
  const answers = new Map(refused.map(({ delivery }, index) => [delivery.id, found[index] ?? null] as const));
  const isUnsettled = [...answers.values()].includes('unlinked') && (await hasUnknownOutcome(tx, connectionId));
  return settlements.map((settlement) => {
    const delayMs = settlement.refused?.retryDelayMs ?? null;
    const answer = answers.get(settlement.deliveryId);
    if (answer === 'linked') return settleMapAgain(settlement, isFirst(settlement) ? LINKED_BY_NOW_MS : delayMs);
    return answer === 'unlinked' && isUnsettled ? settleMapAgain(settlement, delayMs) : settlement;
  });
}

function isFirst({ refused }: Settlement): boolean {
  return refused?.delivery.countedAttempts === 1;
}

async function hasUnknownOutcome(tx: TenantTx, connectionId: string): Promise<boolean> {
  return (await tx.query(HAS_UNKNOWN_OUTCOME, [tx.tenantId, connectionId], 'has_unknown_outcome')).length > 0;
}
