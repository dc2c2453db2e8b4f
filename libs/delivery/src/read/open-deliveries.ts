import { type TenantTx } from '@hub/tenancy';
import { type DeliveryStatus } from '../shared/delivery-status';

/** As the partial indexes have them: one for those that are due, one for those under way, one for the order of keys. */
const WAITING = `status in ('pending', 'retrying')`;
const UNDER_WAY = `status = 'delivering'`;
/** Only a key's order holds a delivery by its status. */
const HELD = `status in ('pending', 'delivering', 'retrying', 'held') and ordering_key is not null and status = 'held'`;

/** Where the deliveries are that can be shown in a state; those of other states are not open. */
const PLACES: Readonly<Partial<Record<DeliveryStatus, readonly string[]>>> = {
  pending: [WAITING],
  retrying: [WAITING],
  delivering: [UNDER_WAY],
  held: [WAITING, HELD],
};
const EVERYWHERE = [WAITING, UNDER_WAY, HELD];

/** More than these are found soon by looking through the newest. */
const FEW = 1_000;

/**
 * Who waits is in the indexes that claims need: where they are few, a list of them need not look through everything that was
 * ever delivered.
 * @returns ids of all that can be shown in the state; null where they are many, or the state is that of ended ones
 */
export async function findFewOpen(tx: TenantTx, status: DeliveryStatus | undefined): Promise<string[] | null> {
  const places = status === undefined ? undefined : PLACES[status];
  return places === undefined ? null : findFew(tx, 'id', places);
}

/** @returns ids of all events that have deliveries open; null where they are many */
export function findFewOpenEvents(tx: TenantTx): Promise<string[] | null> {
  return findFew(tx, 'tracking_id', EVERYWHERE);
}

async function findFew(
  tx: TenantTx,
  column: 'id' | 'tracking_id',
  places: readonly string[],
): Promise<string[] | null> {
  const found = places.map(
    (place) => `(select ${column} as id from deliveries where tenant_id = $1 and ${place} limit ${FEW + 1})`,
  );
  const rows = await tx.query<{ id: string }>(found.join(' union all '), [tx.tenantId]);
  return rows.length > FEW ? null : [...new Set(rows.map(({ id }) => id))];
}
