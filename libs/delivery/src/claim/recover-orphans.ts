import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { releaseNextOfKeys } from './next-of-keys';
import { bounds } from '../shared/id-bounds';
import { type DeliveryIdentity } from './claim.types';
import { type Slot } from './slot';

/**
 * Deliveries that a dead process left behind. Its slot has expired, or ours could not have been taken; so whatever
 * carries another token belongs to nobody. They go back unspent, with the crash counted and kept as an attempt.
 *
 * A delivery that was alone in its claim when the process died twice over, or died with it once alone after two crashes
 * in company, is poison: its id is returned for the caller to settle as dead. What was held back behind an orphan and
 * is of an earlier turn is let go: it waited only because the orphan was under way.
 */
const RECOVER = `
with orphaned as (
  select id from deliveries where tenant_id = $1 and connection_id = $2 and status = 'delivering' and lease_token is distinct from $3
  for update
), recovered as (
  update deliveries d set
    crashes = d.crashes + 1, solo_crashes = d.solo_crashes + d.lease_solo::int, lease_token = null, lease_solo = false,
    status = case when d.attempts > d.crashes + 1 then 'retrying' else 'pending' end, next_attempt_at = now()
  from orphaned o where d.tenant_id = $1 and d.id = o.id
  returning d.id, d.ordering_key, d.attempts, d.crashes, d.solo_crashes
)
select id, ordering_key, attempts, solo_crashes >= 2 or (crashes >= 3 and solo_crashes >= 1) as poison from recovered`;

const KEEP_CRASHED_ATTEMPTS = `
insert into attempts (tenant_id, id, delivery_id, number, started_at, duration_ms, outcome, category, code, message)
select $1, i.id, i.delivery_id, i.number, now(), 0, 'crashed', 'unknown_outcome', 'worker_lost',
       'The worker that held this delivery stopped before it could record what happened. It is sent again with the same key.'
from unnest($2::uuid[], $3::uuid[], $4::int[]) as i(id, delivery_id, number)`;

const TAKE_POISON = `
update deliveries set status = 'delivering', lease_token = $3
where tenant_id = $1 and id = any($2::uuid[]) and id between $4 and $5
returning id, tracking_id, ordering_key`;

interface RecoveredRow {
  id: string;
  ordering_key: string | null;
  attempts: number;
  poison: boolean;
}

export async function recoverOrphans(tx: TenantTx, slot: Slot): Promise<DeliveryIdentity[]> {
  const recovered = await tx.query<RecoveredRow>(RECOVER, [tx.tenantId, slot.connectionId, slot.token]);
  // What was seen as the slot was taken may have been settled while that waited for the slot's row.
  if (recovered.length === 0) return [];
  await tx.query(KEEP_CRASHED_ATTEMPTS, [
    tx.tenantId,
    recovered.map(() => newUuid()),
    recovered.map((row) => row.id),
    recovered.map((row) => row.attempts),
  ]);
  await releaseNextOfKeys(
    tx,
    slot.connectionId,
    recovered.flatMap((row) => row.ordering_key ?? []),
  );
  const poison = recovered.filter((row) => row.poison).map((row) => row.id);
  if (poison.length === 0) return [];
  const taken = await tx.query<{ id: string; tracking_id: string; ordering_key: string | null }>(TAKE_POISON, [
    tx.tenantId,
    poison,
    slot.token,
    ...bounds(poison),
  ]);
  return taken.map((row) => ({ id: row.id, trackingId: row.tracking_id, orderingKey: row.ordering_key }));
}
