import { LABEL_HEIGHT, labelAt, labelShares, pointAt, type Way } from './label-places';

const ROW = 120;
const GAP = 168;
const way = (from: number, to: number): Way => ({
  from: { x: 0, y: from * ROW },
  to: { x: GAP, y: to * ROW },
  width: 110,
});
/** How near the two nearest labels are to each other, from middle to middle. */
function nearest(ways: readonly Way[]): number {
  const shares = labelShares(ways);
  const heights = ways.map((one, index) => pointAt(one, shares[index]!).y).sort((a, b) => a - b);
  return Math.min(...heights.slice(1).map((height, index) => height - heights[index]!));
}

describe('labels of the flow', () => {
  it('do not meet where two sources feed the same two targets', () =>
    expect(nearest([way(0, 0), way(0, 1), way(1, 0), way(1, 1)])).toBeGreaterThanOrEqual(LABEL_HEIGHT));

  it.each([
    ['one source feeds three', [way(1, 0), way(1, 1), way(1, 2)]],
    ['three feed one', [way(0, 1), way(1, 1), way(2, 1)]],
    ['two cross', [way(0, 1), way(1, 0)]],
    ['two of three cross over', [way(0, 2), way(2, 0), way(1, 1)]],
  ])('have room where %s', (_case, ways) => expect(nearest(ways)).toBeGreaterThanOrEqual(LABEL_HEIGHT));

  it('stand in the middle of a level way', () => expect(labelShares([way(0, 0)])).toEqual([0.5]));

  it('keep off the boxes, and are in the middle where there is no room for that', () => {
    expect(labelAt(way(0, 1), 0)).toEqual({ x: 61, y: 0 });
    expect(labelAt(way(0, 1), 1)).toEqual({ x: GAP - 61, y: ROW });
    expect(labelAt({ ...way(0, 1), width: GAP }, 0)).toEqual({ x: GAP / 2, y: 0 });
  });

  it('lie on the curve from end to end', () => {
    expect(pointAt(way(0, 1), 0)).toEqual({ x: 0, y: 0 });
    expect(pointAt(way(0, 1), 0.5)).toEqual({ x: GAP / 2, y: ROW / 2 });
    expect(pointAt(way(0, 1), 1)).toEqual({ x: GAP, y: ROW });
  });
});
