/**
 * The edge of what has certainly ended: every transaction numbered below `tx` has been committed or rolled back. `at` is the
 * database's time (ms since 1970) when the edge was first seen there.
 */
export interface TailEdge {
  readonly tx: number;
  readonly at: number;
}

/** How far a follower has got: all up to `edge`, and of what lies between it and `to` what has an id up to `id`. */
export interface TailPosition {
  readonly edge: TailEdge;
  readonly partly: { readonly to: TailEdge; readonly id: string } | null;
}

const EDGE = String.raw`(\d{1,15})\.(\d{13})`;
const WRITTEN = new RegExp(String.raw`^${EDGE}(?:-${EDGE}-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?$`);

/** For an event stream's `id`, to be sent back as `Last-Event-ID`. */
export function writePosition({ edge, partly }: TailPosition): string {
  const whole = `${edge.tx}.${edge.at}`;
  return partly === null ? whole : `${whole}-${partly.to.tx}.${partly.to.at}-${partly.id}`;
}

/** @returns `null` for what {@link writePosition} has not written */
export function readPosition(text: string): TailPosition | null {
  const [, tx, at, toTx, toAt, id] = WRITTEN.exec(text) ?? [];
  if (tx === undefined || at === undefined) return null;
  const edge = { tx: Number(tx), at: Number(at) };
  if (toTx === undefined || toAt === undefined || id === undefined) return { edge, partly: null };
  return { edge, partly: { to: { tx: Number(toTx), at: Number(toAt) }, id } };
}
