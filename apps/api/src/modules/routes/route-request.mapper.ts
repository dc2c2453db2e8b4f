import { type NewRoute, type RouteChange, type RouteFilter } from '@hub/delivery';
import { fromPublicId } from '@hub/platform';
import { type CreateRouteRequest, type ListRoutesQuery, type UpdateRouteRequest } from './dto/route.request';

/** Stands for an id that cannot be one, so that it is answered like any other that points at nothing. */
const NO_SUCH_ID = '00000000-0000-0000-0000-000000000000';

export function toNewRoute(request: CreateRouteRequest): NewRoute {
  return {
    name: request.name,
    eventType: request.event_type,
    filter: request.filter,
    connectionId: uuidOf('connection', request.connection_id),
    operation: request.operation,
    mappingId: request.mapping_id === null ? null : uuidOf('mapping', request.mapping_id),
    orderingKey: request.ordering.key,
    orderingMode: request.ordering.mode,
    retryDelaysSeconds: request.retry?.delays_seconds ?? null,
    enabled: request.enabled,
  };
}

/** What the caller did not name stays undefined, which the repository leaves as it is. */
export function toRouteChange(request: UpdateRouteRequest): RouteChange {
  const { connection_id: connectionId, mapping_id: mappingId, retry } = request;
  return {
    name: request.name,
    eventType: request.event_type,
    filter: request.filter,
    connectionId: connectionId === undefined ? undefined : uuidOf('connection', connectionId),
    operation: request.operation,
    mappingId: mappingId == null ? mappingId : uuidOf('mapping', mappingId),
    orderingKey: request.ordering?.key,
    orderingMode: request.ordering?.mode,
    retryDelaysSeconds: retry === undefined ? undefined : (retry?.delays_seconds ?? null),
    enabled: request.enabled,
  };
}

/** The query's ids are UUIDs already. */
export function toRouteFilter({ connection_id, mapping_id, enabled }: ListRoutesQuery): RouteFilter {
  return { connectionId: connection_id, mappingId: mapping_id, enabled };
}

function uuidOf(kind: 'connection' | 'mapping', id: string): string {
  return fromPublicId(kind, id) ?? NO_SUCH_ID;
}
