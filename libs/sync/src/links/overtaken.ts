import { textArray, uuidArray } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { announce } from '../hooks/hook.repository';
import { type LinkEndRow } from './link.types';

/** A record that was pulled, and the event that told of it. */
export interface CarriedRecord {
  readonly end: LinkEndRow;
  readonly eventId: string;
}

/** Between a record's being read and its event's being kept lie a page of others, their mapping, and writes under way. */
const READ_BEFORE = '1 minute';

/**
 * Of each link one record at a time, the one that is waiting to be read already: carried at once, two of them would overtake
 * each other, again and again. Step by step, each by its index, as all that asks for links.
 */
const OVERTAKEN = `
select distinct on (e.link_id) coalesce(w.connection_id, e.connection_id) as connection_id,
       coalesce(w.object, e.object) as object, coalesce(w.record_id, e.record_id) as record_id
from unnest($2::uuid[], $3::text[]) as c(end_id, event_id)
cross join lateral (
  select x.link_id, x.connection_id, x.object, x.record_id, x.written_at from record_link_ends x
  where x.tenant_id = $1 and x.id = c.end_id offset 0) e
left join lateral (
  select k.created_at from event_keys k where k.tenant_id = $1 and k.event_id = c.event_id offset 0) k on true
left join lateral (
  select n.connection_id, n.object, n.record_id from record_link_ends o
  join hook_notices n on n.tenant_id = $1 and n.connection_id = o.connection_id and n.object = o.object
    and n.record_id = o.record_id and n.carry
  join syncs s on s.tenant_id = $1 and s.connection_id = n.connection_id and s.object = n.object
    and s.deleted_at is null and s.status <> 'paused'
  where o.tenant_id = $1 and o.link_id = e.link_id order by n.connection_id limit 1) w on true
where e.written_at > coalesce(k.created_at, '-infinity') - interval '${READ_BEFORE}'
order by e.link_id, 1`;

/**
 * Has records read and carried once more that the hub wrote itself after they were read: what has just been carried from
 * them is not what they hold. Two people who change the same record in two systems at once would else leave each system
 * with the other's value. This way both end with one of the two, mostly with the one that was written first.
 *
 * In doubt a record is read once more: an event of the version that was carried is there already, and is not made twice.
 */
export async function carryOvertaken(tx: TenantTx, carried: readonly CarriedRecord[]): Promise<void> {
  const written = carried.filter(({ end }) => end.written_at !== null && end.object !== null && !end.deleted);
  if (written.length === 0) return;
  const rows = await tx.query<{ connection_id: string; object: string; record_id: string }>(
    OVERTAKEN,
    [tx.tenantId, uuidArray(written.map(({ end }) => end.id)), textArray(written.map(({ eventId }) => eventId))],
    'overtaken_records',
  );
  for (const connectionId of [...new Set(rows.map((row) => row.connection_id))].sort()) {
    const notices = rows
      .filter((row) => row.connection_id === connectionId)
      .map(({ object, record_id: id }) => ({ object, id, change: 'updated' as const }));
    await announce(tx, connectionId, notices, true);
  }
}
