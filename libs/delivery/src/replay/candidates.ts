import { type TenantTx } from '@hub/tenancy';
import { deliveryConditions, OPEN_DEAD_LETTER, type Put } from '../read/delivery-filter';
import { turnedAway } from '../shared/delivery-status';
import { noteCollected } from './collected';
import { collectMissing } from './missing';
import { type MissingSelection, type NewReplay, type ReplayRow } from './replay.types';

/** Deliveries looked for in one transaction. */
const COLLECTED_AT_ONCE = 2_000;

interface Wish extends Pick<NewReplay, 'action' | 'includeSucceeded' | 'includeCancelled'> {
  readonly selection: Exclude<NewReplay['selection'], MissingSelection>;
  readonly mapping: NewReplay['mapping'] | ReplayRow['mapping'];
}

/**
 * Which deliveries a job is about, as conditions on `d`. A filter finds what can be taken up; whoever names events or
 * deliveries is told of each of them, also why it is not.
 */
function candidateConditions(wish: Wish, put: Put): string[] {
  const { selection } = wish;
  switch (selection.kind) {
    case 'filter':
      return [stateCondition(wish), ...deliveryConditions(selection.filter, put)];
    case 'events':
      return [`d.tracking_id = any(${put(selection.trackingIds)}::uuid[])`, 'd.replayed_by is null'];
    case 'deliveries':
      return [`d.id = any(${put(selection.deliveryIds)}::uuid[])`];
  }
}

function stateCondition({ action, includeSucceeded, includeCancelled, mapping }: Wish): string {
  const states = [`d.status = 'dead'`];
  if (action === 'replay' && includeSucceeded) states.push(`d.status = 'succeeded'`);
  if (action === 'replay' && includeCancelled) {
    const takenUp = mapping === 'original' ? '' : ` or ${turnedAway('d.reason')}`;
    states.push(`d.status = 'cancelled' and (d.reason = 'cancelled_by_user'${takenUp})`);
  }
  return states.length === 1 ? OPEN_DEAD_LETTER : `(${states.join(' or ')}) and d.replayed_by is null`;
}

/** What a job would take up if it began now. */
export async function countMatching(tx: TenantTx, wanted: NewReplay): Promise<number> {
  const { selection } = wanted;
  // A range of time may be millions of events.
  if (selection.kind === 'missing')
    throw new Error('what a route has missed is counted by a dry run, not in a request');
  const wish = { ...wanted, selection };
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
 */
export async function collectItems(tx: TenantTx, replay: ReplayRow): Promise<void> {
  const { selection } = replay;
  if (selection.kind === 'missing') return collectMissing(tx, replay, selection);
  const values: unknown[] = [tx.tenantId, replay.id, replay.created_at];
  const put: Put = (value) => `$${values.push(value)}`;
  const { action, mapping, include_succeeded: includeSucceeded, include_cancelled: includeCancelled } = replay;
  const wish = { action, selection, mapping, includeSucceeded, includeCancelled };
  // What has been made since is none of its business. The replay's own millisecond is in: ids tell no finer times, and what was
  // made just before it may have been named.
  const since = `uuid_v7_floor($3::timestamptz + interval '1 millisecond')`;
  const where = ['d.tenant_id = $1', `d.id < ${since}`, ...candidateConditions(wish, put)];
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
  await noteCollected(tx, replay.id, { last, found: rows.length, complete });
}
