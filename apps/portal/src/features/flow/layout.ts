export interface LayoutEdge {
  readonly source: string;
  readonly target: string;
}

export interface Place {
  /** How many steps from where things begin. */
  readonly layer: number;
  /** Within its layer. */
  readonly row: number;
}

/** How often rows are sorted by their neighbours; pictures of this kind settle after two. */
const SWEEPS = 4;

/**
 * Layers from what feeds to what is fed, for a handful up to a few hundred nodes. The same nodes and edges always get the
 * same places, whatever their order, so that a picture that refreshes itself does not jump. Edges that close a circle count
 * as going back; what has no edge comes last in the first layer.
 */
export function layOut(nodes: readonly string[], edges: readonly LayoutEdge[]): ReadonlyMap<string, Place> {
  const ids = [...new Set(nodes)].sort();
  const known = new Set(ids);
  const real = edges.filter(({ source, target }) => source !== target && known.has(source) && known.has(target));
  const forward = withoutCircles(ids, real);
  const layers = layersOf(ids, forward);
  return rowsOf(ids, layers, real);
}

function withoutCircles(ids: readonly string[], edges: readonly LayoutEdge[]): LayoutEdge[] {
  const next = new Map(ids.map((id) => [id, [] as string[]]));
  for (const { source, target } of edges) next.get(source)?.push(target);
  const fed = new Set(edges.map(({ target }) => target));
  const kept: LayoutEdge[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const target of [...new Set(next.get(id))].sort()) {
      if (state.get(target) === 'open') continue;
      kept.push({ source: id, target });
      if (!state.has(target)) visit(target);
    }
    state.set(id, 'done');
  };
  // From where things begin, so that a circle is cut where it comes back to them.
  for (const id of [...ids.filter((one) => !fed.has(one)), ...ids]) if (!state.has(id)) visit(id);
  return kept;
}

function layersOf(ids: readonly string[], edges: readonly LayoutEdge[]): ReadonlyMap<string, number> {
  const layers = new Map(ids.map((id) => [id, 0]));
  const at = (id: string): number => layers.get(id) ?? 0;
  // Without circles the longest way has fewer steps than there are nodes.
  for (let changed = true; changed;) {
    changed = false;
    for (const { source, target } of edges) {
      if (at(target) > at(source)) continue;
      layers.set(target, at(source) + 1);
      changed = true;
    }
  }
  return layers;
}

function rowsOf(
  ids: readonly string[],
  layers: ReadonlyMap<string, number>,
  edges: readonly LayoutEdge[],
): ReadonlyMap<string, Place> {
  const columns: string[][] = [];
  const linked = new Set(edges.flatMap(({ source, target }) => [source, target]));
  for (const id of [...ids.filter((one) => linked.has(one)), ...ids.filter((one) => !linked.has(one))])
    (columns[layers.get(id) ?? 0] ??= []).push(id);
  const rows = new Map<string, number>();
  const number = (column: readonly string[]): void => column.forEach((id, row) => rows.set(id, row));
  columns.forEach(number);
  const neighbours = (id: string): number[] =>
    edges
      .flatMap(({ source, target }) => (source === id ? [target] : target === id ? [source] : []))
      .map((other) => rows.get(other) ?? 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of columns) {
      const wanted = new Map(column.map((id) => [id, mean(neighbours(id))]));
      column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || (a < b ? -1 : 1));
      number(column);
    }
  }
  return new Map(ids.map((id) => [id, { layer: layers.get(id) ?? 0, row: rows.get(id) ?? 0 }]));
}

/** Of none: at the end. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.MAX_SAFE_INTEGER : values.reduce((sum, value) => sum + value, 0) / values.length;
}
