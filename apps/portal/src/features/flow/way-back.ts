interface Point {
  readonly x: number;
  readonly y: number;
}

const RADIUS = 12;
/** Away from the boxes before it turns. */
const GAP = 22;

/**
 * A way back around the picture: out between two layers, along a lane outside of all boxes, and in between two layers, so
 * that it crosses no box. `lane` is below everything, or to the right of it where the picture goes from top to bottom.
 */
export function wayBack(from: Point, to: Point, lane: number, isWide: boolean): { path: string; label: Point } {
  const turn = ({ x, y }: Point): Point => (isWide ? { x, y } : { x: y, y: x });
  const [a, b] = [turn(from), turn(to)];
  const corners = [
    { x: a.x + GAP, y: a.y },
    { x: a.x + GAP, y: lane },
    { x: b.x - GAP, y: lane },
    { x: b.x - GAP, y: b.y },
  ].map(turn);
  return { path: rounded([from, ...corners, to]), label: turn({ x: (a.x + b.x) / 2, y: lane }) };
}

function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M ${first.x},${first.y}`];
  rest.forEach((corner, index) => {
    const before = points[index];
    const after = rest[index + 1];
    if (before === undefined || after === undefined) parts.push(`L ${corner.x},${corner.y}`);
    else {
      const [start, end] = [towards(corner, before), towards(corner, after)];
      parts.push(`L ${start.x},${start.y} Q ${corner.x},${corner.y} ${end.x},${end.y}`);
    }
  });
  return parts.join(' ');
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
