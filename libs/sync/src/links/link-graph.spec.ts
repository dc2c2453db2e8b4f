import fc from 'fast-check';
import { LinkGraph, type GraphEnd } from './link-graph';
import { systemKey, type RecordRef } from './link.types';

let ids = 0;
const newId = (): string => `n${++ids}`;
const of = (source: string, recordId: string): RecordRef => ({ system: { connectionId: null, source }, recordId });
const end = (id: string, linkId: string, source: string, recordId: string): GraphEnd => ({
  id,
  linkId,
  system: systemKey({ connectionId: null, source }),
  recordId,
});
/** Records that are one, as `a1 b1`. */
const linksOf = (graph: LinkGraph, records: readonly RecordRef[]): string[] => {
  const links = new Set(records.flatMap((record) => graph.find(record)?.linkId ?? []));
  return [...links]
    .map((link) =>
      graph
        .endsOf(link)
        .map(({ system, recordId }) => `${system.slice(4)}${recordId}`)
        .sort()
        .join(' '),
    )
    .sort();
};
const ALL = ['a', 'b', 'c'].flatMap((system) => ['1', '2', '3'].map((id) => of(system, id)));

describe('joining records', () => {
  it.each<[string, GraphEnd[], string[]]>([
    ['makes a link for two that were not known', [], ['a1 b1']],
    ['adds to the link of either', [end('1', 'L', 'a', '1'), end('2', 'L', 'c', '1')], ['a1 b1 c1']],
    ['adds to the link of the other', [end('1', 'L', 'b', '1'), end('2', 'L', 'c', '1')], ['a1 b1 c1']],
    ['merges two links', [end('1', 'L', 'a', '1'), end('2', 'M', 'b', '1'), end('3', 'M', 'c', '1')], ['a1 b1 c1']],
    ['pushes out what contradicts', [end('1', 'L', 'a', '1'), end('2', 'L', 'b', '2')], ['a1 b1', 'b2']],
    [
      'leaves the company of another record of the same system',
      [end('1', 'L', 'a', '1'), end('2', 'M', 'a', '2'), end('3', 'M', 'b', '1'), end('4', 'M', 'c', '1')],
      ['a1 b1', 'a2 c1'],
    ],
    [
      'keeps its own of a third system',
      [end('1', 'L', 'a', '1'), end('2', 'L', 'c', '1'), end('3', 'M', 'b', '1'), end('4', 'M', 'c', '2')],
      ['a1 b1 c1', 'c2'],
    ],
    ['changes nothing that is so already', [end('1', 'L', 'a', '1'), end('2', 'L', 'b', '1')], ['a1 b1']],
  ])('%s', (_, loaded, expected) => {
    const graph = new LinkGraph(loaded, newId);
    graph.join(of('a', '1'), of('b', '1'));
    expect(linksOf(graph, ALL)).toEqual(expected);
  });

  it('does not make two records of one system one', () => {
    const graph = new LinkGraph([], newId);
    graph.join(of('a', '1'), of('a', '2'));
    expect(graph.change()).toEqual({ newLinks: [], newEnds: [], moved: [], emptied: [], grown: [] });
  });

  it('says what is to be written', () => {
    const graph = new LinkGraph([end('1', 'L', 'a', '1'), end('2', 'M', 'b', '1')], newId);
    graph.join(of('a', '1'), of('b', '1'));
    expect(graph.change()).toMatchObject({
      newLinks: [],
      newEnds: [],
      moved: [{ id: '2', linkId: 'L' }],
      emptied: ['M'],
      grown: ['L'],
    });
  });

  it('holds one record of each system in a link, keeps every end, and believes the last statement', () => {
    const record = fc.constantFrom(...ALL);
    fc.assert(
      fc.property(fc.array(fc.tuple(record, record), { maxLength: 30 }), (pairs) => {
        const graph = new LinkGraph([], newId);
        const named = new Set<RecordRef>();
        for (const [left, right] of pairs) {
          graph.join(left, right);
          if (left.system.source === right.system.source) continue;
          named.add(left).add(right);
          expect(graph.find(left)?.linkId).toBe(graph.find(right)?.linkId);
        }
        for (const each of named) {
          const found = graph.find(each);
          expect(found).toBeDefined();
          const systems = graph.endsOf(found?.linkId ?? '').map((other) => other.system);
          expect(new Set(systems).size).toBe(systems.length);
        }
        expect(graph.change().newEnds.length).toBe(named.size);
      }),
    );
  });
});
