import { type FlowCountRow, type RouteRow } from '@hub/delivery';
import { newUuid, toPublicId } from '@hub/platform';
import { type SyncRow } from '@hub/sync';
import { flowEdges, type FlowConfiguration } from './flow-edges';

const [crm, crm2, books] = [newUuid(), newUuid(), newUuid()] as const;
const route = (event_type: string, filter: string | null = null): RouteRow =>
  ({ id: newUuid(), event_type, filter, connection_id: books }) as RouteRow;
const sync = (connection_id: string, object: string): SyncRow => ({ connection_id, object }) as SyncRow;
const count = (of: RouteRow, source: string | null): FlowCountRow => ({ route_id: of.id, source }) as FlowCountRow;
const told = (configuration: Partial<FlowConfiguration>, counts: readonly FlowCountRow[] = []): string[] =>
  flowEdges(
    {
      routes: [],
      syncs: [sync(crm, 'Account'), sync(crm2, 'Account')],
      connectors: new Map([
        [crm, 'salesforce'],
        [crm2, 'salesforce'],
        [books, 'quickbooks'],
      ]),
      recipeSources: new Map(),
      ...configuration,
    },
    counts,
  ).map(({ sourceConnectionId: id, source, count: seen }) => {
    const name = id === crm ? 'crm' : id === crm2 ? 'crm2' : id === null ? `posted by ${source}` : 'other';
    return `${name}${seen === null ? ', silent' : ''}`;
  });

describe('who feeds whom', () => {
  it('is what was seen', () => {
    const posted = route('order.*');
    expect(told({ routes: [posted] }, [count(posted, 'shop'), count(posted, null)])).toEqual([
      'posted by shop',
      'posted by null',
    ]);
    const pulled = route('order.*');
    expect(told({ routes: [pulled] }, [count(pulled, `sync/${toPublicId('connection', crm)}`)])).toEqual(['crm']);
  });

  it('is what syncs would bring, as far as the filter names no connection', () => {
    expect(told({ routes: [route('salesforce.account.*')] })).toEqual(['crm, silent', 'crm2, silent']);
    const filter = `connection_id = "${toPublicId('connection', crm2)}"`;
    expect(told({ routes: [route('salesforce.account.*', filter)] })).toEqual(['crm2, silent']);
    expect(told({ routes: [route('salesforce.contact.*')] })).toEqual(['posted by null, silent']);
  });

  it('is what a recipe was made for', () => {
    const made = route('*');
    expect(told({ routes: [made], recipeSources: new Map([[made.id, crm]]) })).toEqual(['crm, silent']);
  });

  it('tells what was seen and what is silent side by side', () => {
    const both = route('salesforce.account.*');
    expect(told({ routes: [both] }, [count(both, `sync/${toPublicId('connection', crm)}`)])).toEqual([
      'crm',
      'crm2, silent',
    ]);
  });

  it('takes a source that only looks like a connection for what it is', () => {
    const posted = route('order.*');
    expect(told({ routes: [posted] }, [count(posted, 'sync/nonsense')])).toEqual(['posted by sync/nonsense']);
  });
});
