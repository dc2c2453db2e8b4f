import { matchesEventType, type FlowCountRow, type RouteRow } from '@hub/delivery';
import { toPublicId } from '@hub/platform';
import { pulledFrom, recordEventType, type SyncRow } from '@hub/sync';

/** What one route carries from one source. */
export interface FlowEdge {
  readonly route: RouteRow;
  /** Where the events are pulled from; null for posted ones. */
  readonly sourceConnectionId: string | null;
  /** Of posted events. */
  readonly source: string | null;
  /** Null where nothing came that way, though by the configuration it would. */
  readonly count: FlowCountRow | null;
}

export interface FlowConfiguration {
  readonly routes: readonly RouteRow[];
  readonly syncs: readonly SyncRow[];
  /** The connector of each connection. */
  readonly connectors: ReadonlyMap<string, string>;
  /** The connection from which a recipe feeds its route. */
  readonly recipeSources: ReadonlyMap<string, string>;
}

/**
 * Who feeds whom: what was seen, and for sources that have been silent what the configuration says. Sources without traffic
 * are told from recipes and from what syncs make, never from guesses about posted events.
 */
export function flowEdges(configuration: FlowConfiguration, counts: readonly FlowCountRow[]): FlowEdge[] {
  return configuration.routes.flatMap((route) => {
    const seen = counts
      .filter((count) => count.route_id === route.id)
      .map((count): FlowEdge => {
        const sourceConnectionId = count.source === null ? null : pulledFrom(count.source);
        return { route, sourceConnectionId, source: sourceConnectionId === null ? count.source : null, count };
      });
    const known = new Set(seen.map(({ sourceConnectionId }) => sourceConnectionId));
    const silent = configuredSources(route, configuration)
      .filter((id) => !known.has(id))
      .map((id): FlowEdge => ({ route, sourceConnectionId: id, source: null, count: null }));
    const all = [...seen, ...silent];
    return all.length > 0 ? all : [{ route, sourceConnectionId: null, source: null, count: null }];
  });
}

function configuredSources(route: RouteRow, configuration: FlowConfiguration): string[] {
  const { syncs, connectors, recipeSources } = configuration;
  const ofRecipe = recipeSources.get(route.id);
  if (ofRecipe !== undefined) return connectors.has(ofRecipe) ? [ofRecipe] : [];
  const feeding = syncs
    .filter(({ connection_id: id, object }) => {
      const connector = connectors.get(id);
      return (
        connector !== undefined && matchesEventType(route.event_type, recordEventType(connector, object, 'updated'))
      );
    })
    .map(({ connection_id: id }) => id);
  const ids = [...new Set(feeding)];
  // A filter that names connections lets events of no other pass.
  const named = ids.filter((id) => route.filter?.includes(toPublicId('connection', id)));
  return named.length > 0 ? named : ids;
}
