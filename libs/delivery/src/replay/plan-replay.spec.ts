import { planReplay, type ItemFacts, type Planned } from './plan-replay';

const FACTS: ItemFacts = {
  deliveryId: 'd',
  found: true,
  status: 'dead',
  reason: null,
  replayedBy: null,
  connectionId: 'c',
  operation: 'invoice.upsert',
  mappingId: 'm',
  mappingVersion: 2,
  mapped: true,
  sentRaw: false,
  hasEvent: true,
  connectionDeleted: false,
  route: {
    deleted: false,
    connectionId: 'c',
    operation: 'invoice.create',
    mappingId: 'n',
    publishedVersion: 7,
    hasWantedVersion: true,
  },
  overtaken: false,
};
const WISH = {
  selection: { kind: 'filter' as const, filter: {} },
  mapping: 'current' as const,
  mapping_version: null,
  include_succeeded: false,
  include_cancelled: false,
  include_superseded: false,
};

const NAMED = { selection: { kind: 'events' as const, trackingIds: ['e'] } };

const plan = (facts: Partial<ItemFacts>, wish: Partial<Parameters<typeof planReplay>[1]> = {}): Planned =>
  planReplay({ ...FACTS, ...facts }, { ...WISH, ...wish });
const route = (change: Partial<ItemFacts['route']>): Pick<ItemFacts, 'route'> => ({
  route: { ...FACTS.route, ...change },
});

describe('what a replay does with a delivery', () => {
  it.each<[string, Partial<ItemFacts>, Partial<Parameters<typeof planReplay>[1]>]>([
    ['gone', { found: false, status: null }, {}],
    ['already_replayed', { replayedBy: 'other' }, {}],
    ['open', { status: 'retrying' }, {}],
    ['open', { status: 'delivering' }, { include_succeeded: true }],
    ['succeeded', { status: 'succeeded' }, {}],
    ['cancelled', { status: 'cancelled', reason: 'cancelled_by_user' }, { include_succeeded: true }],
    ['turned_away', { status: 'cancelled', reason: 'filtered' }, NAMED],
    ['turned_away', { status: 'cancelled', reason: 'skipped_by_mapping' }, {}],
    ['turned_away', { status: 'cancelled', reason: 'filtered' }, { include_cancelled: true, mapping: 'original' }],
    ['withdrawn', { status: 'cancelled', reason: 'replay_cancelled' }, { ...NAMED, include_cancelled: true }],
    ['superseded', { status: 'superseded' }, {}],
    ['connection_deleted', { connectionDeleted: true }, {}],
    ['event_archived', { hasEvent: false }, {}],
    ['superseded_by_newer', { overtaken: true }, {}],
    ['route_deleted', route({ deleted: true }), {}],
    ['route_moved', route({ connectionId: 'elsewhere' }), {}],
    ['no_mapping', route({ mappingId: null }), { mapping: 'version', mapping_version: 3 }],
    ['no_such_version', route({ hasWantedVersion: false }), { mapping: 'version', mapping_version: 9 }],
  ])('is skipped as %s', (reason, facts, wish) => {
    expect(plan(facts, wish)).toEqual({ kind: 'skip', reason });
  });

  it.each<[string, Partial<ItemFacts>, Partial<Parameters<typeof planReplay>[1]>, object]>([
    [
      'the route as it is now',
      {},
      {},
      { operation: 'invoice.create', mappingId: 'n', mappingVersion: 7, keepPayload: false },
    ],
    ['no mapping now', route({ mappingId: null }), {}, { mappingId: null, mappingVersion: null, keepPayload: false }],
    [
      'a version of its mapping',
      {},
      { mapping: 'version', mapping_version: 3 },
      { operation: 'invoice.create', mappingId: 'n', mappingVersion: 3 },
    ],
    [
      'the payload that was sent',
      route({ deleted: true, connectionId: 'elsewhere' }),
      { mapping: 'original' },
      { operation: 'invoice.upsert', mappingId: 'm', mappingVersion: 2, keepPayload: true },
    ],
    [
      'the version that failed, again',
      { mapped: false },
      { mapping: 'original' },
      { mappingId: 'm', mappingVersion: 2, keepPayload: false },
    ],
    [
      'the event as it was sent, though the route has a mapping by now',
      { mappingId: null, mappingVersion: null, mapped: false, sentRaw: true },
      { mapping: 'original' },
      { operation: 'invoice.upsert', mappingId: null, keepPayload: false },
    ],
    [
      'the mapping of now, when none was ever tried',
      { mappingId: null, mappingVersion: null, mapped: false },
      { mapping: 'original' },
      { mappingId: 'n', mappingVersion: 7, keepPayload: false },
    ],
    ['what succeeded, when it is told to', { status: 'succeeded' }, { include_succeeded: true }, { mappingVersion: 7 }],
    [
      'what a person has cancelled, when it is named',
      { status: 'cancelled', reason: 'cancelled_by_user' },
      NAMED,
      { mappingVersion: 7 },
    ],
    [
      'or when it is told to',
      { status: 'cancelled', reason: 'cancelled_by_user' },
      { include_cancelled: true },
      { mappingVersion: 7 },
    ],
    [
      'what the filter turned away, when it is told to',
      { status: 'cancelled', reason: 'filtered' },
      { include_cancelled: true },
      { mappingVersion: 7 },
    ],
    ['what is overtaken, when it is told to', { overtaken: true }, { include_superseded: true }, { mappingVersion: 7 }],
  ])('sends %s', (_what, facts, wish, expected) => {
    expect(plan(facts, wish)).toMatchObject({ kind: 'send', plan: expected });
  });
});
