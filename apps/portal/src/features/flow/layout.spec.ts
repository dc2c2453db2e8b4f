import { layOut, type LayoutEdge } from './layout';

const edge = (text: string): LayoutEdge => {
  const [source = '', target = ''] = text.split('>');
  return { source, target };
};
const places = (nodes: string, edges: string): Record<string, string> =>
  Object.fromEntries(
    [...layOut(nodes.split(' '), edges === '' ? [] : edges.split(' ').map(edge))].map(([id, { layer, row }]) => [
      id,
      `${layer}/${row}`,
    ]),
  );

describe('the layout of the flow', () => {
  it('goes from what feeds to what is fed', () => {
    expect(places('a b c', 'a>b b>c')).toEqual({ a: '0/0', b: '1/0', c: '2/0' });
    expect(places('a b c', 'a>b b>c a>c')).toEqual({ a: '0/0', b: '1/0', c: '2/0' });
  });

  it('is the same whatever the order', () => {
    const wanted = places('a b c d e', 'a>c b>c b>d e>a');
    expect(places('e d c b a', 'e>a b>d b>c a>c')).toEqual(wanted);
    expect(places('c a e b d', 'b>c a>c e>a b>d')).toEqual(wanted);
  });

  it('takes circles and edges to oneself', () => {
    expect(places('a b', 'a>b b>a')).toEqual({ a: '0/0', b: '1/0' });
    expect(places('a b c', 'b>c c>b a>b a>a')).toEqual({ a: '0/0', b: '1/0', c: '2/0' });
  });

  it('keeps neighbours beside each other, and what is alone at the end', () => {
    const placed = places('a b c x y z', 'a>z b>y c>x');
    expect(placed).toEqual({ c: '0/0', b: '0/1', a: '0/2', x: '1/0', y: '1/1', z: '1/2' });
    expect(places('0alone a b', 'a>b')).toEqual({ a: '0/0', '0alone': '0/1', b: '1/0' });
  });

  it('leaves out edges of nodes that are not there', () => expect(places('a', 'a>gone')).toEqual({ a: '0/0' }));

  it('gives every node a place of its own', () => {
    const nodes = Array.from({ length: 60 }, (_, n) => `n${n}`);
    const edges = nodes.map((id, n) => ({ source: id, target: `n${(n * 7 + 3) % 60}` }));
    const placed = [...layOut(nodes, edges).values()].map(({ layer, row }) => `${layer}/${row}`);
    expect(new Set(placed).size).toBe(60);
  });
});
