import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { type ClaimedDelivery } from '../claim/claim.types';
import { type DeliveryMapper, type MapOutcome } from '../drain/drain.ports';
import { type DeliveryError } from '../shared/delivery-status';
import { orderingKeyOf } from '../shared/ordering-key';
import { printable } from '../shared/printable';
import { type ItemEnd } from './item-ends';
import { nextItems } from './item-facts';
import { jsonChanges, type JsonChanges } from './json-changes';
import { planLate } from './late-slice';
import { type ReplayPlan } from './plan-replay';
import { planItems } from './replay-slice';
import { type ReplayRow } from './replay.types';

/** A delivery as the mapper is to see it, and what was sent of it. */
interface DryItem {
  readonly delivery: ClaimedDelivery;
  readonly connectionId: string;
  readonly wasSent: string | null;
}

export interface DrySlice {
  readonly looked: number;
  readonly items: readonly DryItem[];
  readonly skipped: readonly ItemEnd[];
}

const MAPPABLE = `
select d.id, d.tracking_id, d.connection_id, d.route_id, d.ordering_key,
       case when d.reason = 'filtered' then r.filter is not null else d.filter_pending end as filter_pending, d.mapped_payload,
       case when d.mapped_payload is not null then d.mapped_payload
            when exists (select 1 from attempts a where a.tenant_id = $1 and a.delivery_id = d.id and a.request is not null)
            then e.payload end as was_sent,
       r.filter, e.event_id, e.type, e.source, e.subject, e.occurred_at, e.received_at, e.payload, e.metadata
from deliveries d
cross join lateral (
  select event_id, type, source, subject, occurred_at, received_at, payload, metadata
  from events where tenant_id = $1 and id = d.tracking_id limit 1
) e
join routes r on r.tenant_id = $1 and r.id = d.route_id
where d.tenant_id = $1 and d.id = any($2::uuid[]) and d.id between $3 and $4`;

/** The same of deliveries that are not there yet: nothing was sent of them. */
const MAPPABLE_LATE = `
select i.delivery_id as id, e.id as tracking_id, r.connection_id, r.id as route_id, ${orderingKeyOf('e', 'r')} as ordering_key,
       r.filter is not null as filter_pending, null as mapped_payload, null as was_sent,
       r.filter, e.event_id, e.type, e.source, e.subject, e.occurred_at, e.received_at, e.payload, e.metadata
from replay_items i
cross join lateral (select * from events where tenant_id = $1 and id = i.tracking_id limit 1) e
join routes r on r.tenant_id = $1 and r.id = i.route_id
where i.tenant_id = $1 and i.replay_id = $3 and i.delivery_id = any($2::uuid[])`;

interface MappableRow {
  id: string;
  tracking_id: string;
  connection_id: string;
  route_id: string;
  ordering_key: string | null;
  filter_pending: boolean;
  mapped_payload: string | null;
  was_sent: string | null;
  filter: string | null;
  event_id: string;
  type: string;
  source: string | null;
  subject: string | null;
  occurred_at: Date | null;
  received_at: Date;
  payload: string;
  metadata: string | null;
}

/** Reads what the next items would be mapped from. Nothing is locked: nothing will be sent. */
export async function readDrySlice(tx: TenantTx, replay: ReplayRow, limit: number): Promise<DrySlice> {
  const waiting = await nextItems(tx, replay.id, limit);
  const isLate = replay.selection.kind === 'missing';
  const { plans, skipped } = isLate ? await planLate(tx, replay, waiting) : await planItems(tx, replay, waiting);
  const ids = [...plans.keys()];
  const rows = isLate
    ? await tx.query<MappableRow & Record<string, unknown>>(
        MAPPABLE_LATE,
        [tx.tenantId, ids, replay.id],
        'dry_run_late',
      )
    : await tx.query<MappableRow & Record<string, unknown>>(
        MAPPABLE,
        [tx.tenantId, ids, ...bounds(ids)],
        'dry_run_slice',
      );
  const items = rows.map((row) => itemOf(row, plans.get(row.id) as ReplayPlan));
  return { looked: waiting.length, items, skipped };
}

function itemOf(row: MappableRow, plan: ReplayPlan): DryItem {
  const delivery: ClaimedDelivery = {
    id: row.id,
    trackingId: row.tracking_id,
    routeId: row.route_id,
    operation: plan.operation,
    orderingKey: row.ordering_key,
    attemptNumber: 1,
    countedAttempts: 1,
    mayHaveBeenSent: false,
    isReplay: true,
    superseded: false,
    filterPending: row.filter_pending,
    filter: row.filter,
    retryDelaysSeconds: null,
    mappingId: plan.mappingId,
    mappingVersion: plan.mappingVersion,
    mappedPayload: plan.keepPayload ? row.mapped_payload : null,
    deferredMs: 0,
    event: {
      eventId: row.event_id,
      type: row.type,
      source: row.source,
      subject: row.subject,
      occurredAt: row.occurred_at,
      receivedAt: row.received_at,
      payload: row.payload,
      metadata: row.metadata,
      traceparent: null,
    },
  };
  return { delivery, connectionId: row.connection_id, wasSent: row.was_sent };
}

/** What an item would come to. */
export interface DryResult {
  readonly deliveryId: string;
  readonly outcome: 'would_send' | 'would_fail' | 'skipped';
  readonly reason: string | null;
  readonly mapping: { readonly id: string; readonly version: number } | null;
  readonly wasSent: string | null;
  readonly wouldSend: string | null;
  readonly changes: JsonChanges | null;
  readonly error: DeliveryError | null;
}

/** Maps without sending. Outside any transaction: mapping takes as long as the mapping likes. */
export async function mapDry(
  mapper: DeliveryMapper,
  tenantId: string,
  items: readonly DryItem[],
): Promise<DryResult[]> {
  const byConnection = new Map<string, DryItem[]>();
  for (const item of items) {
    const known = byConnection.get(item.connectionId);
    if (known === undefined) byConnection.set(item.connectionId, [item]);
    else known.push(item);
  }
  const results: DryResult[] = [];
  for (const [connectionId, ofConnection] of byConnection) {
    const deliveries = ofConnection.map((item) => item.delivery);
    const outcomes = await mapper.map(tenantId, deliveries, connectionId);
    ofConnection.forEach((item, index) => results.push(resultOf(item, outcomes[index])));
  }
  return results;
}

function resultOf({ delivery, wasSent }: DryItem, outcome: MapOutcome | undefined): DryResult {
  if (outcome === undefined) throw new Error('the mapper answered fewer outcomes than it was asked for');
  const blank = {
    deliveryId: delivery.id,
    reason: null,
    mapping: null,
    wasSent,
    wouldSend: null,
    changes: null,
    error: null,
  };
  switch (outcome.kind) {
    case 'mapped': {
      const { payloadText, mapping } = outcome;
      const changes = jsonChanges(wasSent, payloadText);
      return { ...blank, outcome: 'would_send', mapping, wouldSend: payloadText, changes };
    }
    case 'filtered':
      return { ...blank, outcome: 'skipped', reason: 'filtered' };
    case 'skipped':
      return { ...blank, outcome: 'skipped', reason: 'skipped_by_mapping', error: storable(outcome.error) };
    case 'failed':
    case 'waiting':
      return { ...blank, outcome: 'would_fail', mapping: mappingOf(delivery), error: storable(outcome.error) };
  }
}

function mappingOf({ mappingId: id, mappingVersion: version }: ClaimedDelivery): DryResult['mapping'] {
  return id === null || version === null ? null : { id, version };
}

function storable(error: DeliveryError): DeliveryError {
  return { ...error, code: printable(error.code), message: printable(error.message) };
}

export async function storeDryResults(tx: TenantTx, replayId: string, results: readonly DryResult[]): Promise<void> {
  if (results.length === 0) return;
  await tx.query(
    `update replay_items i set outcome = s.outcome, reason = s.reason, mapping_id = s.mapping_id,
       mapping_version = s.mapping_version, was_sent = s.was_sent, would_send = s.would_send, changes = s.changes,
       changed = s.changed, error = s.error, settled_at = now()
     from unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::text[], $9::text[], $10::text[], $11::bool[], $12::jsonb[])
       as s(id, outcome, reason, mapping_id, mapping_version, was_sent, would_send, changes, changed, error)
     where i.tenant_id = $1 and i.replay_id = $2 and i.delivery_id = any($3::uuid[]) and i.delivery_id = s.id`,
    [
      tx.tenantId,
      replayId,
      results.map((result) => result.deliveryId),
      results.map((result) => result.outcome),
      results.map((result) => result.reason),
      results.map((result) => result.mapping?.id ?? null),
      results.map((result) => result.mapping?.version ?? null),
      results.map((result) => result.wasSent),
      results.map((result) => result.wouldSend),
      results.map((result) => (result.changes === null ? null : JSON.stringify(result.changes))),
      results.map((result) => (result.changes === null ? null : result.changes.changes.length > 0)),
      results.map((result) => (result.error === null ? null : JSON.stringify(result.error))),
    ],
    'store_dry_results',
  );
}
