import { type TenantTx } from '@hub/tenancy';
import { turnedAway } from '../shared/delivery-status';

/** Columns of an event and the route that is to send it at last. */
export interface LateEvent {
  readonly tracking_id: string;
  readonly route_id: string;
  readonly subject: string | null;
}

/**
 * Per record, the newest event that was sent or may yet be, along the way that the route would go. From the newest on, once for
 * each record and not for each of its events: where nothing was ever sent, all of them are looked at to know so.
 */
const NEWEST = `
select late.route_id, late.subject, newest.id
from unnest($2::uuid[], $3::text[], $4::uuid[]) as late(route_id, subject, oldest)
join routes r on r.tenant_id = $1 and r.id = late.route_id and r.ordering_key <> 'none'
cross join lateral (
  select ne.id from events ne
  where ne.tenant_id = $1 and ne.subject = late.subject and ne.id > late.oldest and exists (
    select 1 from deliveries nd where nd.tenant_id = $1 and nd.tracking_id = ne.id
      and nd.connection_id = r.connection_id and nd.operation = r.operation
      and not (nd.status = 'cancelled' and (${turnedAway('nd.reason')} or nd.reason = 'replay_cancelled')))
  order by ne.id desc limit 1) newest`;

/**
 * What has no place in the order of acceptance, because its route never sent it, goes to the end of it. So of its record there
 * must be nothing newer that was sent or may yet be, not even a dead letter: a replay of that would go out before it.
 * @returns whether there is something newer of an event, which is one of `events`
 */
export async function findOvertakenLate(
  tx: TenantTx,
  events: readonly LateEvent[],
): Promise<(event: LateEvent) => boolean> {
  const oldest = new Map<string, LateEvent>();
  for (const event of events) {
    const known = oldest.get(keyOf(event));
    if (event.subject !== null && (known === undefined || event.tracking_id < known.tracking_id))
      oldest.set(keyOf(event), event);
  }
  const late = [...oldest.values()];
  const rows =
    late.length === 0
      ? []
      : await tx.query<{ route_id: string; subject: string; id: string }>(
          NEWEST,
          [
            tx.tenantId,
            late.map((event) => event.route_id),
            late.map((event) => event.subject),
            late.map((event) => event.tracking_id),
          ],
          'overtaken_late',
        );
  const newest = new Map(rows.map((row) => [keyOf(row), row.id]));
  return (event) => (newest.get(keyOf(event)) ?? '') > event.tracking_id;
}

function keyOf(event: Omit<LateEvent, 'tracking_id'>): string {
  return `${event.route_id} ${event.subject ?? ''}`;
}
