import { newUuid, toPublicId } from '@hub/platform';
import { CreateRouteRequest } from './dto/route.request';
import { toNewRoute, toRouteChange } from './route-request.mapper';

const connection = newUuid();
const parsed = (request: object) => CreateRouteRequest.schema.parse(request);

describe('a route request', () => {
  it('has the defaults of the public contract', () => {
    const request = {
      name: 'r',
      event_type: 'a.*',
      connection_id: toPublicId('connection', connection),
      operation: 'request.send',
    };
    expect(toNewRoute(parsed(request))).toEqual({
      name: 'r',
      eventType: 'a.*',
      filter: null,
      connectionId: connection,
      operation: 'request.send',
      mappingId: null,
      orderingKey: 'subject',
      orderingMode: 'strict',
      retryDelaysSeconds: null,
      enabled: true,
    });
  });

  it('gives an id that is none, or of another kind, one that points at nothing', () => {
    for (const id of ['nonsense', toPublicId('mapping', connection)]) {
      const route = toNewRoute(parsed({ name: 'r', event_type: 'a', connection_id: id, operation: 'o' }));
      expect(route.connectionId).toBe('00000000-0000-0000-0000-000000000000');
    }
  });

  it('tells leaving out from taking away', () => {
    const given = (change: object): object =>
      Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    expect(given(toRouteChange({ enabled: false }))).toEqual({ enabled: false });
    expect(given(toRouteChange({ filter: null, mapping_id: null, retry: null }))).toEqual({
      filter: null,
      mappingId: null,
      retryDelaysSeconds: null,
    });
    expect(given(toRouteChange({ retry: { delays_seconds: [] }, ordering: { mode: 'latest' } }))).toEqual({
      retryDelaysSeconds: [],
      orderingMode: 'latest',
    });
  });
});
