import { type TenantTx } from '@hub/tenancy';

/** A route that sends through the mapping. */
export interface BacktestRoute {
  id: string;
  event_type: string;
  event_type_like: string;
  filter: string | null;
  connection_id: string;
}

/** A sync that maps what it pulls with the mapping. */
export interface BacktestSync {
  id: string;
  object: string;
  connection_id: string;
  connector_id: string;
  config: Record<string, unknown>;
}

/** Null: the mapping has been deleted. */
export async function findBacktestSources(
  tx: TenantTx,
  mappingId: string,
  routeIds: readonly string[] | null,
): Promise<{ readonly routes: readonly BacktestRoute[]; readonly syncs: readonly BacktestSync[] } | null> {
  const [mapping] = await tx.query(`select id from mappings where tenant_id = $1 and id = $2 and deleted_at is null`, [
    tx.tenantId,
    mappingId,
  ]);
  if (mapping === undefined) return null;
  const routes = await tx.query<BacktestRoute & Record<string, unknown>>(
    `select r.id, r.event_type, r.event_type_like, r.filter, r.connection_id from routes r
     join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id and c.deleted_at is null
     where r.tenant_id = $1 and r.mapping_id = $2 and r.deleted_at is null
       and case when $3::uuid[] is null then r.enabled else r.id = any ($3) end
     order by r.id`,
    [tx.tenantId, mappingId, routeIds],
  );
  if (routeIds !== null) return { routes, syncs: [] };
  const syncs = await tx.query<BacktestSync & Record<string, unknown>>(
    `select s.id, s.object, s.connection_id, c.connector_id, c.config from syncs s
     join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id and c.deleted_at is null
     where s.tenant_id = $1 and s.mapping_id = $2 and s.deleted_at is null order by s.id`,
    [tx.tenantId, mappingId],
  );
  return { routes, syncs };
}

export interface BacktestEvent {
  id: string;
  event_id: string;
  type: string;
  source: string | null;
  subject: string | null;
  occurred_at: Date | null;
  received_at: Date;
  payload: string;
  metadata: string | null;
}

/** Distinct event types that a tenant is looked at for: who has more has made them up by the record. */
const MOST_TYPES = 2_000;

/**
 * Events whose type is like one of the patterns, newest first, without reading the others: a loose index scan finds the
 * tenant's types, and each type that fits is read from its newest end. Found by walking back through all events instead, a
 * rare type would cost a week of them.
 */
export async function findBacktestEvents(
  tx: TenantTx,
  patterns: readonly string[],
  beforeId: string,
  limit: number,
): Promise<BacktestEvent[]> {
  return tx.query<BacktestEvent & Record<string, unknown>>(
    `with recursive types as (
       (select e.type, 1 as place from events e where e.tenant_id = $1 order by e.type limit 1)
       union all
       select n.type, t.place + 1 from types t cross join lateral (
         select e.type from events e where e.tenant_id = $1 and e.type > t.type order by e.type limit 1) n
       where t.place < $5
     ), wanted as (
       select n.id from types t cross join lateral (
         select e.id from events e where e.tenant_id = $1 and e.type = t.type and e.id < $3::uuid order by e.id desc limit $4) n
       where t.type like any ($2::text[])
       order by n.id desc limit $4
     )
     select e.id, e.event_id, e.type, e.source, e.subject, e.occurred_at, e.received_at, e.payload, e.metadata
     from wanted w join events e on e.tenant_id = $1 and e.id = w.id order by e.id desc`,
    [tx.tenantId, patterns, beforeId, limit, MOST_TYPES],
  );
}

/** What a route sent for an event the last time, and by which version of which mapping. */
export interface SentDelivery {
  id: string;
  tracking_id: string;
  route_id: string;
  mapping_id: string | null;
  mapping_version: number | null;
  payload: string | null;
  /** It was sent by a route without a mapping: the event's own payload. */
  as_is: boolean;
}

/**
 * Of several deliveries of an event through a route (it was replayed) the one that sent last. Without a mapping the event
 * went as it is, and its payload is not kept twice.
 */
export async function findSentDeliveries(tx: TenantTx, trackingIds: readonly string[]): Promise<SentDelivery[]> {
  return tx.query<SentDelivery & Record<string, unknown>>(
    `select distinct on (d.tracking_id, d.route_id) d.id, d.tracking_id, d.route_id, d.mapping_id, d.mapping_version,
            d.mapped_payload as payload, d.mapped_payload is null and d.status = 'succeeded' and d.mapping_id is null as as_is
     from deliveries d
     where d.tenant_id = $1 and d.tracking_id = any ($2::uuid[])
     order by d.tracking_id, d.route_id, (d.mapped_payload is not null or d.status = 'succeeded') desc, d.seq desc`,
    [tx.tenantId, trackingIds],
  );
}
