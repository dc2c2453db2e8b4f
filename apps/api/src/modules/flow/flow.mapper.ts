import { authSummary } from '@hub/connections';
import { toPublicId } from '@hub/platform';
import { toSyncResponse } from '../syncs/sync.mapper';
import { type FlowResponse } from './dto/flow.response';
import { type FlowEdge } from './flow-edges';
import { type FlowPicture } from './flow.service';

export function toFlowResponse(picture: FlowPicture): FlowResponse {
  const pulled = new Map(picture.pulled.map((row) => [row.sync_id, row]));
  return {
    from: picture.from.toISOString(),
    to: picture.to.toISOString(),
    counted_from: picture.countedFrom.toISOString(),
    connections: picture.connections.map((row) => ({
      id: toPublicId('connection', row.id),
      name: row.name,
      connector: row.connector_id,
      status: row.status,
      auth_state: authSummary(row).state,
      breaker: picture.breakers.get(row.id) ?? 'closed',
    })),
    syncs: picture.syncs.map((row) => {
      const { id, name, connection_id, object, status, freshness } = toSyncResponse(row);
      const { runs = 0, failed_runs = 0, events = 0, failed = 0 } = pulled.get(row.id) ?? {};
      return { id, name, connection_id, object, status, freshness: freshness.state, runs, failed_runs, events, failed };
    }),
    edges: picture.edges.map(toEdge),
  };
}

function toEdge({ route, sourceConnectionId, source, count }: FlowEdge): FlowResponse['edges'][number] {
  return {
    route_id: toPublicId('route', route.id),
    route_name: route.name,
    event_type: route.event_type,
    enabled: route.enabled,
    source_connection_id: sourceConnectionId === null ? null : toPublicId('connection', sourceConnectionId),
    source,
    connection_id: toPublicId('connection', route.connection_id),
    operation: route.operation,
    expected: count === null,
    deliveries: {
      made: count?.total ?? 0,
      succeeded: count?.succeeded ?? 0,
      waiting: count?.waiting ?? 0,
      dead: count?.dead ?? 0,
    },
    last_at: count?.newest_at.toISOString() ?? null,
  };
}
