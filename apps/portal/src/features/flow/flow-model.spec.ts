import { type FlowResponse } from '@hub/api-client';
import { deliveriesOf, flowModel, type RouteEdge } from './flow-model';

const connection = (id: string): FlowResponse['connections'][number] => ({
  id,
  name: id,
  connector: 'http',
  status: 'active',
  auth_state: 'connected',
  breaker: 'closed',
});
const edge = (
  from: { connection?: string; source?: string | null },
  to: string,
  rest: Partial<RouteEdge> = {},
): RouteEdge => ({
  route_id: 'rte_1',
  route_name: 'r',
  event_type: '*',
  enabled: true,
  source_connection_id: from.connection ?? null,
  source: from.source ?? null,
  connection_id: to,
  operation: 'request.send',
  expected: false,
  deliveries: { made: 3, succeeded: 2, waiting: 1, dead: 0 },
  last_at: null,
  ...rest,
});
const model = (ids: string[], edges: RouteEdge[]) =>
  flowModel({ from: '', to: '', counted_from: '', connections: ids.map(connection), syncs: [], edges });

describe('the model of the flow', () => {
  it('joins routes that go the same way', () => {
    const { edges } = model(
      ['a', 'b'],
      [
        edge({ connection: 'a' }, 'b'),
        edge({ connection: 'a' }, 'b', {
          route_id: 'rte_2',
          deliveries: { made: 2, succeeded: 0, waiting: 0, dead: 2 },
        }),
        edge({ connection: 'b' }, 'a', { enabled: false, deliveries: { made: 0, succeeded: 0, waiting: 0, dead: 0 } }),
      ],
    );
    expect(edges).toMatchObject([
      { source: 'a', target: 'b', delivered: 2, waiting: 1, dead: 2, state: 'failing' },
      { source: 'b', target: 'a', state: 'off' },
    ]);
    expect(edges.map(deliveriesOf)).toEqual(['/deliveries?connection_id=b&status=dead', '/deliveries?route_id=rte_1']);
  });

  it('shows every connection, and says which of them are used', () => {
    const { nodes } = model(['a', 'b', 'c'], [edge({ connection: 'a' }, 'b')]);
    expect(nodes.map((node) => [node.id, node.kind === 'connection' && node.isUsed])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
  });

  it('keeps posted sources apart while they are few', () => {
    const { nodes, edges } = model(['a'], [edge({ source: 'x>y' }, 'a'), edge({ source: null }, 'a')]);
    expect(nodes.map(({ id }) => id)).toEqual(['source', 'source:x%3Ey', 'a']);
    expect(edges.map(({ source, target }) => `${source} ${target}`)).toEqual(['source:x%3Ey a', 'source a']);
  });

  it('makes one node of those that are too many', () => {
    const { nodes, edges } = model(
      ['a'],
      Array.from({ length: 20 }, (_, n) =>
        edge({ source: `s${n}` }, 'a', { deliveries: { made: n, succeeded: n, waiting: 0, dead: 0 } }),
      ),
    );
    expect(nodes).toHaveLength(8);
    expect(nodes.find(({ id }) => id === 'source rest')).toMatchObject({ count: 14 });
    expect(edges).toHaveLength(7);
    expect(edges.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(190);
  });

  it('leaves out what leads to a connection that is not shown', () => {
    expect(model(['a'], [edge({ connection: 'gone' }, 'a'), edge({ connection: 'a' }, 'gone')]).edges).toEqual([]);
  });
});
