import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { type ReplayOutcome } from './replay.types';

/** What becomes of an item of which no delivery is made. */
export interface ItemEnd {
  readonly deliveryId: string;
  readonly outcome: Extract<ReplayOutcome, 'skipped' | 'succeeded' | 'cancelled'>;
  readonly reason: string | null;
}

export async function endItems(tx: TenantTx, replayId: string, ends: readonly ItemEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await queryJoined(
    tx,
    ends.length,
    `update replay_items i set outcome = s.outcome, reason = s.reason, settled_at = now()
     from unnest($3::uuid[], $4::text[], $5::text[]) as s(id, outcome, reason)
     where i.tenant_id = $1 and i.replay_id = $2 and i.delivery_id = any($3::uuid[]) and i.delivery_id = s.id`,
    [
      tx.tenantId,
      replayId,
      ends.map((end) => end.deliveryId),
      ends.map((end) => end.outcome),
      ends.map((end) => end.reason),
    ],
    'end_replay_items',
  );
}
