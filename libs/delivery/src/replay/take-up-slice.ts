import { type TenantTx } from '@hub/tenancy';
import { cancelDeliveries, lockConnectionsOf, retryDeliveries } from '../dead-letters/take-up';
import { endItems, type ItemEnd } from './item-ends';
import { nextItems, readItemFacts, type WaitingItem } from './item-facts';
import { type Slice } from './replay-slice';
import { type ReplayRow } from './replay.types';

/** Retries the next items, or gives them up, as a person would one by one. */
export async function takeUpSlice(tx: TenantTx, replay: ReplayRow, limit: number): Promise<Slice> {
  const items = await nextItems(tx, replay.id, limit);
  const slice = replay.action === 'retry' ? await retrySlice(tx, replay, items) : await cancelSlice(tx, items);
  await endItems(tx, replay.id, slice.ends);
  return { looked: items.length, made: slice.made, connectionIds: slice.connectionIds };
}

interface Done extends Pick<Slice, 'made' | 'connectionIds'> {
  readonly ends: readonly ItemEnd[];
}

/** What a newer change of its record has overtaken is left dead, as in a replay. */
async function retrySlice(tx: TenantTx, replay: ReplayRow, items: readonly WaitingItem[]): Promise<Done> {
  const ids = items.map((item) => item.deliveryId);
  await lockConnectionsOf(tx, ids);
  const dead = (await readItemFacts(tx, replay, items)).filter((one) => one.status === 'dead');
  const idsOf = (some: typeof dead): Set<string> => new Set(some.map((one) => one.deliveryId));
  const archived = idsOf(dead.filter((one) => !one.hasEvent));
  const overtaken = idsOf(replay.include_superseded ? [] : dead.filter((one) => one.overtaken));
  const done = await retryDeliveries(
    tx,
    ids.filter((id) => !overtaken.has(id)),
    replay.id,
  );
  const taken = new Set(done.map((row) => row.id));
  await noteTaken(tx, replay.id, [...taken]);
  const ends = ids.flatMap((deliveryId): ItemEnd[] => {
    if (taken.has(deliveryId)) return [];
    const otherwise = archived.has(deliveryId) ? 'event_archived' : 'not_dead';
    const reason = overtaken.has(deliveryId) ? 'superseded_by_newer' : otherwise;
    return [{ deliveryId, outcome: 'skipped', reason }];
  });
  return { ends, made: done.length, connectionIds: [...new Set(done.map((row) => row.connection_id))] };
}

async function cancelSlice(tx: TenantTx, items: readonly WaitingItem[]): Promise<Done> {
  const ids = items.map((item) => item.deliveryId);
  const cancelled = new Set((await cancelDeliveries(tx, ids, ['dead'])).map((row) => row.id));
  const ends = ids.map((deliveryId): ItemEnd =>
    cancelled.has(deliveryId)
      ? { deliveryId, outcome: 'succeeded', reason: null }
      : { deliveryId, outcome: 'skipped', reason: 'not_dead' },
  );
  return { ends, made: cancelled.size, connectionIds: [] };
}

async function noteTaken(tx: TenantTx, replayId: string, ids: readonly string[]): Promise<void> {
  await tx.query(
    `update replay_items set outcome = 'queued', new_delivery_id = delivery_id
     where tenant_id = $1 and replay_id = $2 and delivery_id = any($3::uuid[])`,
    [tx.tenantId, replayId, ids],
    'note_taken_up',
  );
}
