import { type FlowResponse } from '@hub/api-client';

export type FlowConnection = FlowResponse['connections'][number];
type Sync = FlowResponse['syncs'][number];
export type RouteEdge = FlowResponse['edges'][number];

export type FlowState = 'flowing' | 'quiet' | 'failing' | 'off';

export interface ConnectionNode {
  readonly kind: 'connection';
  readonly id: string;
  readonly connection: FlowConnection;
  readonly syncs: readonly Sync[];
  readonly isUsed: boolean;
}

export interface SourceNode {
  readonly kind: 'source';
  readonly id: string;
  /** As the events name it; null where they name none. */
  readonly source: string | null;
  /** How many sources it stands for. */
  readonly count: number;
}

export type FlowNode = ConnectionNode | SourceNode;

/** All routes from one node to another. */
export interface FlowEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly routes: readonly RouteEdge[];
  readonly delivered: number;
  readonly waiting: number;
  readonly dead: number;
  readonly state: FlowState;
}

export interface FlowModel {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

/** Posted sources beyond these are one node: a picture with a hundred of them tells nothing. */
const MOST_SOURCES = 6;

export function stateOf(enabled: boolean, deliveries: RouteEdge['deliveries']): FlowState {
  if (deliveries.dead > 0) return 'failing';
  if (deliveries.made > 0) return 'flowing';
  return enabled ? 'quiet' : 'off';
}

/** What keeps a connection from working as it should, worst first. */
export function troublesOf({
  breaker,
  status,
  auth_state: auth,
}: Pick<FlowConnection, 'breaker' | 'status' | 'auth_state'>): { status: string; isBad: boolean }[] {
  const found: { status: string; isBad: boolean }[] = [];
  if (breaker !== 'closed') found.push({ status: `breaker_${breaker}`, isBad: true });
  if (status !== 'active') found.push({ status, isBad: status !== 'paused' });
  if (auth === 'expiring') found.push({ status: auth, isBad: false });
  return found.length > 0 ? found : [{ status: 'active', isBad: false }];
}

export function flowModel({ connections, syncs, edges }: FlowResponse): FlowModel {
  const sources = sourceNodes(edges);
  const sourceIdOf = (edge: RouteEdge): string =>
    edge.source_connection_id ?? sources.idOf.get(edge.source) ?? sources.restId;
  const between = new Map<string, RouteEdge[]>();
  const known = new Set(connections.map(({ id }) => id));
  for (const edge of edges) {
    if (!known.has(edge.connection_id)) continue;
    if (edge.source_connection_id !== null && !known.has(edge.source_connection_id)) continue;
    const id = `${sourceIdOf(edge)}>${edge.connection_id}`;
    between.set(id, [...(between.get(id) ?? []), edge]);
  }
  const used = new Set(edges.flatMap((edge) => [edge.source_connection_id, edge.connection_id]));
  return {
    nodes: [
      ...sources.nodes,
      ...connections.map((connection): ConnectionNode => ({
        kind: 'connection',
        id: connection.id,
        connection,
        syncs: syncs.filter((sync) => sync.connection_id === connection.id),
        isUsed: used.has(connection.id),
      })),
    ],
    edges: [...between].map(([id, routes]) => joined(id, routes)),
  };
}

function joined(id: string, routes: readonly RouteEdge[]): FlowEdge {
  const [source = '', target = ''] = id.split('>');
  const sum = (figure: keyof RouteEdge['deliveries']): number =>
    routes.reduce((total, { deliveries }) => total + deliveries[figure], 0);
  const enabled = routes.some((route) => route.enabled);
  const dead = sum('dead');
  const state = stateOf(enabled, { made: sum('made'), succeeded: 0, waiting: 0, dead });
  return { id, source, target, routes, delivered: sum('succeeded'), waiting: sum('waiting'), dead, state };
}

interface Sources {
  readonly nodes: readonly SourceNode[];
  readonly idOf: ReadonlyMap<string | null, string>;
  readonly restId: string;
}

/** The busiest by themselves, the others as one. */
function sourceNodes(edges: readonly RouteEdge[]): Sources {
  const made = new Map<string | null, number>();
  for (const { source_connection_id: pulled, source, deliveries } of edges)
    if (pulled === null) made.set(source, (made.get(source) ?? 0) + deliveries.made);
  const busiestFirst = [...made].sort(([a, of], [b, than]) => than - of || String(a).localeCompare(String(b)));
  // The rest by itself would say no more than the one that it stands for.
  const cut = busiestFirst.length > MOST_SOURCES + 1 ? MOST_SOURCES : busiestFirst.length;
  const own = busiestFirst.slice(0, cut).map(([source]) => source);
  const rest = busiestFirst.length - own.length;
  const restId = 'source rest';
  // Ids keep out the sign that joins two of them.
  const idOf = new Map(
    own.map((source) => [source, source === null ? 'source' : `source:${encodeURIComponent(source)}`]),
  );
  return {
    nodes: [
      ...own.map((source): SourceNode => ({ kind: 'source', id: idOf.get(source) ?? restId, source, count: 1 })),
      ...(rest === 0 ? [] : [{ kind: 'source', id: restId, source: null, count: rest } as const]),
    ],
    idOf,
    restId,
  };
}

/** Where a click on what flows between two nodes leads: to what failed, if anything did. */
export function deliveriesOf({ routes, dead, target }: FlowEdge): string {
  const [first] = routes;
  const of = routes.length === 1 && first !== undefined ? `route_id=${first.route_id}` : `connection_id=${target}`;
  return `/deliveries?${of}${dead > 0 ? '&status=dead' : ''}`;
}
