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

const OVERTAKEN = `
select c.end_id from unnest($2::uuid[], $3::text[]) as c(end_id, event_id)
join record_link_ends e on e.tenant_id = $1 and e.id = c.end_id
left join event_keys k on k.tenant_id = $1 and k.event_id = c.event_id
where e.written_at > coalesce(k.created_at, '-infinity') - interval '${READ_BEFORE}'`;

/**
 * Has records read and carried once more that the hub wrote itself after they were read: what has just been carried from
 * them is not what they hold. Two people who change the same record in two systems at once would else leave each system
 * with the other's value. This way the value that was written first stays, and both systems end with it.
 *
 * In doubt a record is read once more: an event of the version that was carried is there already, and is not made twice.
 */
export async function carryOvertaken(tx: TenantTx, carried: readonly CarriedRecord[]): Promise<void> {
  const written = carried.filter(({ end }) => end.written_at !== null && end.object !== null && !end.deleted);
  if (written.length === 0) return;
  const rows = await tx.query<{ end_id: string }>(
    OVERTAKEN,
    [tx.tenantId, written.map(({ end }) => end.id), written.map(({ eventId }) => eventId)],
    'overtaken_records',
  );
  const overtaken = new Set(rows.map((row) => row.end_id));
  const byConnection = new Map<string, LinkEndRow[]>();
  for (const { end } of written) {
    const { connection_id: connectionId } = end;
    if (connectionId === null || !overtaken.has(end.id)) continue;
    byConnection.set(connectionId, [...(byConnection.get(connectionId) ?? []), end]);
  }
  for (const connectionId of [...byConnection.keys()].sort()) {
    const notices = (byConnection.get(connectionId) ?? []).flatMap(({ object, record_id: id }) =>
      object === null ? [] : [{ object, id, change: 'updated' as const }],
    );
    await announce(tx, connectionId, notices, true);
  }
}
