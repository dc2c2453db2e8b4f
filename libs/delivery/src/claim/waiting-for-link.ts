import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/**
 * Rows that somebody else holds are passed over rather than waited for: transactions that wake each other's deliveries
 * would otherwise wait in a circle. What is passed over looks again by itself.
 */
const WAKE = `
update deliveries d set next_attempt_at = now()
from (
  select w.id from unnest($2::text[], $3::text[]) as l(type, record_id)
  join deliveries w on w.tenant_id = $1 and w.reason = 'waiting_for_link' and w.status in ('pending', 'retrying')
    and w.last_error -> 'link' ->> 'id' = l.record_id and w.last_error -> 'link' ->> 'type' = l.type
  where w.next_attempt_at > now()
  for update of w skip locked
) due
where d.tenant_id = $1 and d.id = due.id
returning d.connection_id`;

/**
 * Makes the deliveries due that wait for a link of one of these records.
 * @returns their connections, each once, to be rung after the commit.
 */
export async function wakeWaitingForLinks(
  tx: TenantTx,
  records: readonly { readonly type: string; readonly recordId: string }[],
): Promise<string[]> {
  if (records.length === 0) return [];
  const rows = await queryJoined<{ connection_id: string }>(
    tx,
    records.length,
    WAKE,
    [tx.tenantId, records.map((record) => record.type), records.map((record) => record.recordId)],
    'wake_waiting_for_links',
  );
  return [...new Set(rows.map((row) => row.connection_id))];
}
