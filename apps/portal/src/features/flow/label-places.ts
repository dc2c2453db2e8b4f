export interface Point {
  readonly x: number;
  readonly y: number;
}

/** From the right side of a box to the left side of another one. */
export interface Way {
  readonly from: Point;
  readonly to: Point;
  /** Of its label. */
  readonly width: number;
}

/** With a little air. */
export const LABEL_HEIGHT = 26;
/** Nearer to where it comes from, so that the labels of two ways that cross are not both at the crossing. */
const SHARES = [0.35, 0.4, 0.3, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7] as const;
const MIDDLE = 0.5;
/** From a label to a box. */
const GAP = 6;

/** A point of the curve that the library draws, whose handles lie half-way. */
export function pointAt({ from, to }: Pick<Way, 'from' | 'to'>, share: number): Point {
  const along = 1.5 * share * (1 - share) + share ** 3;
  const across = 3 * share ** 2 - 2 * share ** 3;
  return { x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * across };
}

/** Beside the boxes, as long as there is room: a little off the curve, and at its height. */
export function labelAt({ from, to, width }: Way, share: number): Point {
  const { x, y } = pointAt({ from, to }, share);
  const middle = (from.x + to.x) / 2;
  const play = Math.max(0, (to.x - from.x - width) / 2 - GAP);
  return { x: Math.min(Math.max(x, middle - play), middle + play), y };
}

/** At which share of each way its label stands, so that none lies on another one as long as there is room. */
export function labelShares(ways: readonly Way[]): number[] {
  const shares = ways.map(() => MIDDLE);
  const placed: (Point & { readonly width: number })[] = [];
  // A level way has no choice: wherever it stands, it is at the same height.
  const order = ways.map((way, index) => ({ way, index })).sort((a, b) => climb(a.way) - climb(b.way));
  for (const { way, index } of order) {
    const room = (share: number): number => {
      const { x, y } = labelAt(way, share);
      const beside = placed.filter((other) => Math.abs(other.x - x) < (other.width + way.width) / 2);
      return Math.min(LABEL_HEIGHT, ...beside.map((other) => Math.abs(other.y - y)));
    };
    const choices: readonly number[] = climb(way) === 0 ? [MIDDLE] : SHARES;
    const share = choices.reduce((best, one) => (room(one) > room(best) ? one : best));
    shares[index] = share;
    placed.push({ ...labelAt(way, share), width: way.width });
  }
  return shares;
}

function climb({ from, to }: Way): number {
  return Math.abs(to.y - from.y);
}
