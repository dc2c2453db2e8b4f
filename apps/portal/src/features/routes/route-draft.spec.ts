import { draftOf, NEW_ROUTE, requestOf } from './route-draft';

const route = {
  id: 'rte_1',
  name: 'Orders',
  event_type: 'order.*',
  filter: null,
  connection_id: 'con_1',
  operation: 'request.send',
  mapping_id: null,
  ordering: { key: 'none', mode: 'latest' },
  retry: { delays_seconds: [60, 300] },
  enabled: false,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
} as const;

it('a route that is not changed is sent as it is', () => {
  const { id: _id, created_at: _created, updated_at: _updated, ...members } = route;
  expect(requestOf(draftOf({ ...route, retry: { delays_seconds: [60, 300] } }))).toEqual(members);
});

it('what is left empty is the default', () => {
  expect(requestOf({ ...NEW_ROUTE, name: ' x ', filter: '  ' })).toMatchObject({
    name: 'x',
    filter: null,
    retry: null,
  });
});
