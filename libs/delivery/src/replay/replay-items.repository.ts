import { type TenantTx } from '@hub/tenancy';
import { type DeliveryError } from '../shared/delivery-status';
import { bounds } from '../shared/id-bounds';
import { type ReplayItemRow, type ReplayOutcome } from './replay.types';

export interface ReplayItemFilter {
  readonly outcome?: ReplayOutcome | undefined;
  readonly changed?: boolean | undefined;
}

/** Newest delivery first. One row more than `limit`. */
export async function listReplayItems(
  tx: TenantTx,
  replayId: string,
  filter: ReplayItemFilter,
  page: { limit: number; before: string | null },
): Promise<ReplayItemRow[]> {
  const rows = await tx.query<ReplayItemRow & Record<string, unknown>>(
    `select i.delivery_id as id, i.tracking_id, e.event_id, e.type as event_type, i.connection_id, c.connector_id, i.route_id,
            i.outcome, i.reason, i.new_delivery_id, i.mapping_id, i.mapping_version, i.was_sent, i.would_send, i.changes,
            i.changed, i.error, i.settled_at
     from replay_items i
     join connections c on c.tenant_id = i.tenant_id and c.id = i.connection_id
     left join events e on e.tenant_id = i.tenant_id and e.id = i.tracking_id
     where i.tenant_id = $1 and i.replay_id = $2 and ($3::uuid is null or i.delivery_id < $3)
       and ($4::text is null or i.outcome = $4) and ($5::boolean is null or i.changed = $5)
     order by i.delivery_id desc limit $6`,
    [tx.tenantId, replayId, page.before, filter.outcome ?? null, filter.changed ?? null, page.limit + 1],
    'list_replay_items',
  );
  const errors = await errorsOf(tx, rows);
  return rows.map((row) => ({ ...row, error: row.error ?? errors.get(row.new_delivery_id ?? '') ?? null }));
}

/**
 * What the deliveries that were made died of, as long as they are at hand. They are looked up by their keys, of one page and of
 * the days that they are of: the items themselves stay as small as they are.
 */
async function errorsOf(tx: TenantTx, rows: readonly ReplayItemRow[]): Promise<Map<string, DeliveryError>> {
  const ids = rows.flatMap(({ outcome, new_delivery_id: id }) => (outcome === 'failed' && id !== null ? [id] : []));
  if (ids.length === 0) return new Map();
  const failed = await tx.query<{ id: string; last_error: DeliveryError }>(
    `select id, last_error from deliveries
     where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and last_error is not null`,
    [tx.tenantId, ids, ...bounds(ids)],
    'errors_of_replay_items',
  );
  return new Map(failed.map((row) => [row.id, row.last_error]));
}
