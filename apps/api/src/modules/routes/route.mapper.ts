import { type RouteRow } from '@hub/delivery';
import { toPublicId } from '@hub/platform';
import { type RouteResponse } from './dto/route.response';

export function toRouteResponse(row: RouteRow): RouteResponse {
  return {
    id: toPublicId('route', row.id),
    name: row.name,
    event_type: row.event_type,
    filter: row.filter,
    connection_id: toPublicId('connection', row.connection_id),
    operation: row.operation,
    mapping_id: row.mapping_id === null ? null : toPublicId('mapping', row.mapping_id),
    ordering: { key: row.ordering_key, mode: row.ordering_mode },
    retry: row.retry_delays_seconds === null ? null : { delays_seconds: row.retry_delays_seconds },
    enabled: row.enabled,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
