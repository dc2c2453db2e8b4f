import { uuidArray } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { type Slot } from './slot';

/** As if it had not been claimed. */
const GIVE_BACK = `
update deliveries set status = case when attempts > crashes + 1 then 'retrying' else 'pending' end, attempts = attempts - 1,
  lease_token = null, lease_solo = false
where tenant_id = $1 and connection_id = $2 and status = 'delivering' and lease_token = $3 and id <> all($4::uuid[])`;

/**
 * Gives back what a claim took whose `COMMIT` was never answered: it carries this drain's token, and the drain knows nothing of
 * it. It was not sent, so this is neither an attempt nor a crash: counted as crashes, a few such commits would make poison of it.
 * @param held what the drain knows to be its own. Only in a transaction that holds the slot.
 */
export async function giveBackUnheard(tx: TenantTx, slot: Slot, held: Iterable<string>): Promise<void> {
  await tx.query(GIVE_BACK, [tx.tenantId, slot.connectionId, slot.token, uuidArray([...held])], 'give_back_unheard');
}
