import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { type DeliveryStatus, isTurnedAway } from '../shared/delivery-status';

/** A delivery as it has just been written, whoever made it. */
export interface ReplayedDelivery {
  id: string;
  status: DeliveryStatus;
  reason: string | null;
  /** The job that made it, or took it up again. */
  replay_id: string | null;
  /** The delivery that it repeats. */
  replay_of: string | null;
}

const CLOSED: ReadonlySet<DeliveryStatus> = new Set(['succeeded', 'dead', 'cancelled', 'superseded']);

/**
 * An item of a replay is of the delivery that was repeated, one of a retry of the delivery itself: both are tried. The keys
 * stand there as a list as well, so that they are looked up: in a table that was not analyzed yet, a join alone would read
 * all items of the replay for each of them.
 */
const NOTE = `
update replay_items i set outcome = s.outcome, reason = s.reason, settled_at = now()
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[]) as s(id, replay_id, item_of, outcome, reason)
where i.tenant_id = $1 and i.replay_id = s.replay_id and i.delivery_id = any($4::uuid[]) and i.delivery_id = s.item_of
  and i.new_delivery_id = s.id`;

const RESOLVE = `
update deliveries set resolved_by = ($3::uuid[])[array_position($2::uuid[], id)]
where tenant_id = $1 and id = any($2::uuid[]) and id between $4 and $5 and status in ('dead', 'cancelled')
returning resolved_by as head, replay_of as failed`;

/** Keeps items and failures in step with what became of their deliveries, in the transaction that settles those. */
export async function noteReplayOutcomes(tx: TenantTx, rows: readonly ReplayedDelivery[]): Promise<void> {
  const closed = rows.filter((row) => row.replay_id !== null && CLOSED.has(row.status));
  if (closed.length === 0) return;
  const noted = closed.flatMap((row) => [
    { row, itemOf: row.id },
    ...(row.replay_of === null ? [] : [{ row, itemOf: row.replay_of }]),
  ]);
  await queryJoined(
    tx,
    noted.length,
    NOTE,
    [
      tx.tenantId,
      noted.map(({ row }) => row.id),
      noted.map(({ row }) => row.replay_id),
      noted.map(({ itemOf }) => itemOf),
      noted.map(({ row }) => outcomeOf(row)),
      noted.map(({ row }) => row.reason),
    ],
    'note_replay_outcomes',
  );
  await resolve(
    tx,
    closed.flatMap((row) =>
      row.replay_of !== null && isResolved(row) ? [{ head: row.id, failed: row.replay_of }] : [],
    ),
  );
}

interface Resolved {
  readonly head: string;
  readonly failed: string;
}

/** A replay may itself have been replayed: the whole line of failures before a delivery is made good by it. */
async function resolve(tx: TenantTx, line: readonly Resolved[]): Promise<void> {
  for (let next = line; next.length > 0;) {
    const failed = next.map((one) => one.failed);
    const rows = await tx.query<{ head: string; failed: string | null }>(
      RESOLVE,
      [tx.tenantId, failed, next.map((one) => one.head), ...bounds(failed)],
      'resolve_replayed',
    );
    next = rows.flatMap(({ head, failed: before }) => (before === null ? [] : [{ head, failed: before }]));
  }
}

function isResolved({ status, reason }: ReplayedDelivery): boolean {
  return status === 'succeeded' || status === 'superseded' || (status === 'cancelled' && isTurnedAway(reason));
}

function outcomeOf({ status, reason }: ReplayedDelivery): string {
  if (status === 'dead') return 'failed';
  if (status === 'cancelled') return isTurnedAway(reason) ? 'skipped' : 'cancelled';
  return 'succeeded';
}
