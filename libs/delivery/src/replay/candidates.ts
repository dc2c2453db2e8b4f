import { type TenantTx } from '@hub/tenancy';
import { deliveryConditions, OPEN_DEAD_LETTER, type Put } from '../read/delivery-filter';
import { type NewReplay, type ReplayRow } from './replay.types';

/** Deliveries looked for in one transaction. */
const COLLECTED_AT_ONCE = 2_000;

type Wish = Pick<NewReplay, 'action' | 'selection' | 'includeSucceeded'>;

/**
 * Which deliveries a job is about, as conditions on `d`. A filter finds what can be taken up; whoever names events or
 * deliveries is told of each of them, also why it is not.
 */
function candidateConditions({ action, selection, includeSucceeded }: Wish, put: Put): string[] {
  switch (selection.kind) {
    case 'filter': {
      const succeeded = action === 'replay' && includeSucceeded;
      const state = succeeded ? `d.status in ('dead', 'succeeded') and d.replayed_by is null` : OPEN_DEAD_LETTER;
      return [state, ...deliveryConditions(selection.filter, put)];
    }
    case 'events':
      return [`d.tracking_id = any(${put(selection.trackingIds)}::uuid[])`, 'd.replayed_by is null'];
    case 'deliveries':
      return [`d.id = any(${put(selection.deliveryIds)}::uuid[])`];
  }
}

/** What a job would take up if it began now. */
export async function countMatching(tx: TenantTx, wish: Wish): Promise<number> {
  const values: unknown[] = [tx.tenantId];
  const put: Put = (value) => `$${values.push(value)}`;
  const where = ['d.tenant_id = $1', ...candidateConditions(wish, put)];
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from deliveries d where ${where.join(' and ')}`,
    values,
  );
  return row?.n ?? 0;
}

/**
 * Writes the next deliveries that the job is about down as its items: nothing of it moves while others come and go.
 * @returns how many were found, and whether that was all.
 */
export async function collectItems(tx: TenantTx, replay: ReplayRow): Promise<{ found: number; complete: boolean }> {
  const values: unknown[] = [tx.tenantId, replay.id, replay.created_at];
  const put: Put = (value) => `$${values.push(value)}`;
  const wish = { action: replay.action, selection: replay.selection, includeSucceeded: replay.include_succeeded };
  // What has been made since, by the replay itself for one, is none of its business.
  const where = ['d.tenant_id = $1', 'd.id < uuid_v7_floor($3::timestamptz)', ...candidateConditions(wish, put)];
  if (replay.collected_to !== null) where.push(`d.id > ${put(replay.collected_to)}::uuid`);
  const rows = await tx.query<{ delivery_id: string }>(
    `insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id, created_at)
     select d.tenant_id, $2, d.id, d.seq, d.tracking_id, d.connection_id, d.route_id, $3
     from deliveries d where ${where.join(' and ')} order by d.id limit ${COLLECTED_AT_ONCE}
     returning delivery_id`,
    values,
  );
  let last = replay.collected_to;
  for (const { delivery_id: id } of rows) if (last === null || id > last) last = id;
  const complete = rows.length < COLLECTED_AT_ONCE;
  await tx.query(
    `update replays set collected_to = $3, matched = matched + $4, phase = case when $5 then 'working' else phase end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, replay.id, last, rows.length, complete],
    'collected',
  );
  return { found: rows.length, complete };
}
