import { parsePublicId } from '@hub/platform';

/** What the victim owns, by the kind of id. */
export type Belongings = Readonly<
  Record<
    | 'event'
    | 'delivery'
    | 'connection'
    | 'mapping'
    | 'goldenCase'
    | 'backtest'
    | 'route'
    | 'apiKey'
    | 'sync'
    | 'syncRun'
    | 'otherConnection'
    | 'link'
    | 'linkEnd'
    | 'auditRecord'
    | 'auditExport'
    | 'alert'
    | 'alertChannel'
    | 'replay'
    | 'restore'
    | 'webhookEndpoint'
    | 'notice'
    | 'member'
    | 'savedFilter',
    string
  >
>;

export interface Sample {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * How each route of a tenant is asked for something of `of`. Every place that takes an id names one: in the path, in
 * the query, in the body. Where a route takes several, each is also named alone, beside what is the asker's `own`. A
 * route that is not here fails the suite.
 */
export const SAMPLES: Readonly<Record<string, (of: Belongings, own: Belongings) => readonly Sample[]>> = {
  'POST /v1/events': () => [{ body: { event_id: 'any', type: 'order.created', data: {} } }],
  'POST /v1/events/batch': () => [{ body: { events: [{ event_id: 'any', type: 'order.created', data: {} }] } }],
  'GET /v1/events': (of): readonly Sample[] => [
    { query: { connection_id: of.connection } },
    { query: { q: of.event } },
    { query: { q: of.delivery } },
    { query: { event_id: 'victims-event' } },
    { query: { q: 'victims-payload' } },
    { query: { cursor: cursorAfter(of.event) } },
  ],
  'GET /v1/events/stream': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { q: of.event } },
    { query: { q: of.delivery } },
  ],
  'GET /v1/deliveries/stream': (of): readonly Sample[] => [
    { query: { connection_id: of.connection } },
    { query: { route_id: of.route } },
    { query: { tracking_id: of.event } },
  ],
  'GET /v1/events/:tracking_id': (of): readonly Sample[] => [
    { path: { tracking_id: of.event } },
    { path: { tracking_id: of.event }, query: { include: 'payload' } },
  ],
  'GET /v1/events/:tracking_id/timeline': (of) => [{ path: { tracking_id: of.event } }],
  'GET /v1/deliveries': (of): readonly Sample[] => [
    { query: { connection_id: of.connection } },
    { query: { route_id: of.route } },
    { query: { tracking_id: of.event } },
    { query: { cursor: cursorAfter(of.delivery) } },
  ],
  'GET /v1/deliveries/:delivery_id': (of) => [{ path: { delivery_id: of.delivery } }],
  'POST /v1/deliveries/:delivery_id/retry': (of) => [{ path: { delivery_id: of.delivery } }],
  'POST /v1/deliveries/:delivery_id/cancel': (of) => [{ path: { delivery_id: of.delivery } }],
  'POST /v1/events/:tracking_id/replay': (of) => [{ path: { tracking_id: of.event }, body: { reason: 'any' } }],
  'GET /v1/dead-letters/groups': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { route_id: of.route } },
    { query: { cursor: cursorAfter(of.delivery) } },
  ],
  'POST /v1/dead-letters/retry': (of): readonly Sample[] => [
    { body: { delivery_ids: [of.delivery] } },
    { body: { filter: { connection_id: of.connection }, expected_count: 1 } },
  ],
  'POST /v1/dead-letters/cancel': (of): readonly Sample[] => [
    { body: { delivery_ids: [of.delivery] } },
    { body: { filter: { route_id: of.route }, expected_count: 1 } },
  ],
  'POST /v1/replays': (of): readonly Sample[] => [
    { body: { event_ids: [of.event], reason: 'any' } },
    { body: { event_ids: ['victims-event', of.event], reason: 'any' } },
    { body: { filter: { connection_id: of.connection }, expected_count: 1, reason: 'any' } },
    { body: { filter: { route_id: of.route }, expected_count: 1, include_succeeded: true, reason: 'any' } },
    {
      body: {
        missing: { route_id: of.route, from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' },
        reason: 'any',
      },
    },
  ],
  'GET /v1/replays': (of): readonly Sample[] => [{}, { query: { cursor: cursorAfter(of.replay) } }],
  'GET /v1/replays/:id': (of) => [{ path: { id: of.replay } }],
  'GET /v1/replays/:id/items': (of): readonly Sample[] => [
    { path: { id: of.replay } },
    { path: { id: of.replay }, query: { cursor: cursorAfter(of.delivery) } },
  ],
  'POST /v1/replays/:id/cancel': (of) => [{ path: { id: of.replay } }],
  'GET /v1/archive/objects': () => [{}],
  'POST /v1/archive/restores': (of) => [{ body: { event_ids: [of.event], reason: 'any' } }],
  'GET /v1/archive/restores': (of): readonly Sample[] => [{}, { query: { cursor: cursorAfter(of.restore) } }],
  'GET /v1/archive/restores/:id': (of) => [{ path: { id: of.restore } }],
  'POST /v1/archive/restores/:id/cancel': (of) => [{ path: { id: of.restore } }],
  'GET /v1/retention': () => [{}],
  'PUT /v1/retention': () => [
    { body: { hot_days: null, archive_days: null, dead_letter_days: null, legal_hold: false } },
  ],
  'GET /v1/connectors': () => [{}],
  'GET /v1/connectors/:id': () => [{ path: { id: 'http' } }],
  'POST /v1/connections': () => [{ body: { name: 'any', connector: 'http', config: { url: 'https://example.com/' } } }],
  'GET /v1/connections': (of) => [{}, { query: { cursor: cursorAfter(of.connection) } }],
  'GET /v1/connections/:id': (of) => [{ path: { id: of.connection } }],
  'PATCH /v1/connections/:id': (of): readonly Sample[] => [
    { path: { id: of.connection }, body: { name: 'any' } },
    { path: { id: of.connection }, body: { config: { url: 'https://example.com/stolen' } } },
  ],
  'DELETE /v1/connections/:id': (of) => [{ path: { id: of.connection } }],
  'PUT /v1/connections/:id/credentials': (of) => [{ path: { id: of.connection }, body: { token: 'of the attacker' } }],
  'POST /v1/connections/:id/pause': (of) => [{ path: { id: of.connection } }],
  'POST /v1/connections/:id/resume': (of) => [{ path: { id: of.connection } }],
  'POST /v1/connections/:id/test': (of) => [{ path: { id: of.connection } }],
  'GET /v1/connections/:id/health': (of) => [{ path: { id: of.connection } }],
  'POST /v1/connections/:id/authorize': (of) => [{ path: { id: of.connection } }],
  'GET /v1/connections/:id/schema-changes': (of): readonly Sample[] => [{ path: { id: of.connection } }],
  'GET /v1/connections/:id/objects': (of) => [{ path: { id: of.connection } }],
  'GET /v1/connections/:id/objects/:object/fields': (of) => [{ path: { id: of.connection, object: 'Account' } }],
  'POST /v1/mappings': () => [{ body: { name: 'any', expression: '1' } }],
  'POST /v1/mappings/preview': () => [{ body: { expression: '1', input: {} } }],
  'GET /v1/mappings': (of) => [{}, { query: { cursor: cursorAfter(of.mapping) } }],
  'GET /v1/mappings/:id': (of) => [{ path: { id: of.mapping } }],
  'PATCH /v1/mappings/:id': (of) => [{ path: { id: of.mapping }, body: { name: 'any' } }],
  'DELETE /v1/mappings/:id': (of) => [{ path: { id: of.mapping } }],
  'POST /v1/mappings/:id/publish': (of) => [{ path: { id: of.mapping }, body: { version: 1 } }],
  'POST /v1/mappings/:id/rollback': (of) => [{ path: { id: of.mapping } }],
  'POST /v1/mappings/:id/golden-cases': (of) => [
    { path: { id: of.mapping }, body: { name: 'any', input: {}, output: {} } },
  ],
  'GET /v1/mappings/:id/golden-cases': (of) => [{ path: { id: of.mapping } }],
  'GET /v1/mappings/:id/golden-cases/:case_id': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, case_id: of.goldenCase } },
    { path: { id: own.mapping, case_id: of.goldenCase } },
  ],
  'PATCH /v1/mappings/:id/golden-cases/:case_id': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, case_id: of.goldenCase }, body: { name: 'any' } },
    { path: { id: own.mapping, case_id: of.goldenCase }, body: { name: 'any' } },
  ],
  'DELETE /v1/mappings/:id/golden-cases/:case_id': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, case_id: of.goldenCase } },
    { path: { id: own.mapping, case_id: of.goldenCase } },
  ],
  'POST /v1/mappings/:id/backtest': (of, own): readonly Sample[] => [
    { path: { id: of.mapping }, body: { version: 1 } },
    { path: { id: own.mapping }, body: { version: 1, route_ids: [of.route] } },
  ],
  'GET /v1/mappings/:id/backtests': (of): readonly Sample[] => [
    { path: { id: of.mapping } },
    { path: { id: of.mapping }, query: { cursor: cursorAfter(of.backtest) } },
  ],
  'GET /v1/mappings/:id/backtests/:backtest_id': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, backtest_id: of.backtest } },
    { path: { id: own.mapping, backtest_id: of.backtest } },
  ],
  'GET /v1/mappings/:id/backtests/:backtest_id/items': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, backtest_id: of.backtest } },
    { path: { id: own.mapping, backtest_id: of.backtest } },
  ],
  'POST /v1/mappings/:id/backtests/:backtest_id/cancel': (of, own): readonly Sample[] => [
    { path: { id: of.mapping, backtest_id: of.backtest } },
    { path: { id: own.mapping, backtest_id: of.backtest } },
  ],
  'GET /v1/mappings/:id/versions': (of) => [{ path: { id: of.mapping } }],
  'POST /v1/mappings/:id/versions': (of) => [{ path: { id: of.mapping }, body: { expression: '2' } }],
  'GET /v1/mappings/:id/versions/:version': (of) => [{ path: { id: of.mapping, version: '1' } }],
  'POST /v1/routes': (of, own): readonly Sample[] => [
    { body: { name: 'any', event_type: 'order.*', connection_id: of.connection, operation: 'request.send' } },
    {
      body: {
        name: 'any',
        event_type: 'order.*',
        connection_id: of.connection,
        operation: 'request.send',
        mapping_id: of.mapping,
      },
    },
    {
      body: {
        name: 'any',
        event_type: 'order.*',
        connection_id: own.connection,
        operation: 'request.send',
        mapping_id: of.mapping,
      },
    },
  ],
  'GET /v1/routes': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { mapping_id: of.mapping } },
    { query: { cursor: cursorAfter(of.route) } },
  ],
  'GET /v1/routes/:id': (of) => [{ path: { id: of.route } }],
  'PATCH /v1/routes/:id': (of, own): readonly Sample[] => [
    { path: { id: of.route }, body: { enabled: false } },
    { path: { id: of.route }, body: { connection_id: of.connection } },
    { path: { id: own.route }, body: { connection_id: of.connection } },
    { path: { id: own.route }, body: { mapping_id: of.mapping } },
  ],
  'DELETE /v1/routes/:id': (of) => [{ path: { id: of.route } }],
  'POST /v1/syncs': (of, own): readonly Sample[] => [
    { body: { name: 'any', connection_id: of.connection, object: 'Account' } },
    { body: { name: 'any', connection_id: of.connection, object: 'Account', mapping_id: of.mapping } },
    { body: { name: 'any', connection_id: own.connection, object: 'Account', mapping_id: of.mapping } },
  ],
  'GET /v1/syncs': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { cursor: cursorAfter(of.sync) } },
  ],
  'GET /v1/syncs/:id': (of) => [{ path: { id: of.sync } }],
  'PATCH /v1/syncs/:id': (of, own): readonly Sample[] => [
    { path: { id: of.sync }, body: { name: 'any' } },
    { path: { id: own.sync }, body: { mapping_id: of.mapping } },
  ],
  'DELETE /v1/syncs/:id': (of) => [{ path: { id: of.sync } }],
  'POST /v1/syncs/:id/pause': (of) => [{ path: { id: of.sync } }],
  'POST /v1/syncs/:id/resume': (of) => [{ path: { id: of.sync } }],
  'POST /v1/syncs/:id/run': (of) => [{ path: { id: of.sync }, body: { mode: 'full' } }],
  'GET /v1/syncs/:id/runs': (of): readonly Sample[] => [
    { path: { id: of.sync } },
    { path: { id: of.sync }, query: { cursor: cursorAfter(of.syncRun) } },
  ],
  'GET /v1/syncs/:id/runs/:run_id': (of, own): readonly Sample[] => [
    { path: { id: of.sync, run_id: of.syncRun } },
    { path: { id: own.sync, run_id: of.syncRun } },
  ],
  'GET /v1/links': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { source: 'victims-source' } },
    { query: { record_id: 'victims-record' } },
    { query: { cursor: cursorAfter(of.link) } },
  ],
  'POST /v1/links': (of): readonly Sample[] => [
    {
      body: {
        type: 'customer',
        ends: [
          { connection_id: of.connection, record_id: 'victims-record' },
          { source: 'any', record_id: '1' },
        ],
      },
    },
  ],
  'GET /v1/links/:id': (of) => [{ path: { id: of.link } }],
  'DELETE /v1/links/:id': (of) => [{ path: { id: of.link } }],
  'POST /v1/links/:id/merge': (of, own): readonly Sample[] => [
    { path: { id: of.link }, body: { link_id: of.link } },
    { path: { id: of.link }, body: { link_id: own.link } },
    { path: { id: own.link }, body: { link_id: of.link } },
  ],
  'DELETE /v1/links/:id/ends/:end_id': (of, own): readonly Sample[] => [
    { path: { id: of.link, end_id: of.linkEnd } },
    { path: { id: own.link, end_id: of.linkEnd } },
  ],
  'GET /v1/mapping-templates': () => [{}],
  'GET /v1/mapping-templates/:id': () => [{ path: { id: 'salesforce.customer.outbound' } }],
  'GET /v1/canonical-types': () => [{}],
  'GET /v1/mapping-functions': () => [{}],
  'GET /v1/recipes': (of, own): readonly Sample[] => [
    { query: { source_connection_id: of.connection, target_connection_id: of.otherConnection } },
    { query: { source_connection_id: own.connection, target_connection_id: of.otherConnection } },
    { query: { source_connection_id: of.connection, target_connection_id: own.otherConnection } },
  ],
  'POST /v1/recipes/apply': (of, own): readonly Sample[] => [
    recipeFrom(of.connection, of.otherConnection),
    recipeFrom(own.connection, of.otherConnection),
    recipeFrom(of.connection, own.otherConnection),
  ],
  'POST /v1/connections/:id/hook': (of) => [{ path: { id: of.connection } }],
  'GET /v1/connections/:id/hook': (of) => [{ path: { id: of.connection } }],
  'DELETE /v1/connections/:id/hook': (of) => [{ path: { id: of.connection } }],
  'GET /v1/saved-filters': () => [{}, { query: { view: 'events' } }],
  'POST /v1/saved-filters': () => [{ body: { view: 'events', name: 'any', query: { status: 'failed' } } }],
  'PATCH /v1/saved-filters/:id': (of) => [{ path: { id: of.savedFilter }, body: { name: 'any' } }],
  'DELETE /v1/saved-filters/:id': (of) => [{ path: { id: of.savedFilter } }],
  'GET /v1/api-keys': (of) => [{}, { query: { cursor: cursorAfter(of.apiKey) } }],
  'POST /v1/api-keys': () => [{ body: { name: 'any', environment: 'test', scopes: ['events:read'] } }],
  'POST /v1/api-keys/:id/rotate': (of) => [{ path: { id: of.apiKey }, body: { overlap_seconds: 0 } }],
  'DELETE /v1/api-keys/:id': (of) => [{ path: { id: of.apiKey } }],
  'GET /v1/alerts': (of): readonly Sample[] => [
    {},
    { query: { connection_id: of.connection } },
    { query: { cursor: cursorAfter(of.alert) } },
  ],
  'GET /v1/alerts/:id': (of) => [{ path: { id: of.alert } }],
  'POST /v1/alerts/:id/acknowledge': (of) => [{ path: { id: of.alert }, body: { note: 'any' } }],
  'POST /v1/alerts/:id/mute': (of) => [
    { path: { id: of.alert }, body: { until: new Date(Date.now() + 60_000).toISOString() } },
  ],
  'DELETE /v1/alerts/:id/mute': (of) => [{ path: { id: of.alert } }],
  'GET /v1/alert-rules': () => [{}],
  'GET /v1/alert-rules/:rule': () => [{ path: { rule: 'dead_letters' } }],
  'PATCH /v1/alert-rules/:rule': (of) => [{ path: { rule: 'dead_letters' }, body: { channel_ids: [of.alertChannel] } }],
  'POST /v1/alert-channels': () => [{ body: { name: 'any', kind: 'slack', url: 'https://example.com/' } }],
  'GET /v1/alert-channels': (of) => [{}, { query: { cursor: cursorAfter(of.alertChannel) } }],
  'GET /v1/alert-channels/:id': (of) => [{ path: { id: of.alertChannel } }],
  'PATCH /v1/alert-channels/:id': (of): readonly Sample[] => [
    { path: { id: of.alertChannel }, body: { name: 'any' } },
    { path: { id: of.alertChannel }, body: { url: 'https://example.com/stolen' } },
  ],
  'DELETE /v1/alert-channels/:id': (of) => [{ path: { id: of.alertChannel } }],
  'POST /v1/alert-channels/:id/test': (of) => [{ path: { id: of.alertChannel } }],
  'GET /v1/alert-channels/:id/notifications': (of) => [{ path: { id: of.alertChannel } }],
  'GET /v1/balance': () => [{}],
  'GET /v1/usage': () => [{}],
  'GET /v1/flow': () => [{}],
  'GET /v1/activity': () => [{}],
  'GET /v1/audit-log': (of): readonly Sample[] => [
    {},
    { query: { target: of.connection } },
    { query: { q: of.connection } },
    { query: { cursor: cursorAfter(of.auditRecord) } },
  ],
  'GET /v1/audit-log/:id': (of) => [{ path: { id: of.auditRecord } }],
  'GET /v1/audit-checkpoint': () => [{}],
  'GET /v1/audit-settings': () => [{}],
  'PUT /v1/audit-settings': () => [{ body: { retention_days: 400 } }],
  'POST /v1/audit-log/erasures': (of) => [{ body: { subject: of.apiKey, reason: 'any' } }],
  'POST /v1/audit-exports': () => [{ body: {} }],
  'GET /v1/audit-exports': (of): readonly Sample[] => [{}, { query: { cursor: cursorAfter(of.auditExport) } }],
  'GET /v1/audit-exports/:id': (of) => [{ path: { id: of.auditExport } }],
  'GET /v1/audit-exports/:id/download': (of) => [{ path: { id: of.auditExport } }],
  'GET /v1/me': () => [{}],
  'GET /v1/webhook-event-types': () => [{}],
  'POST /v1/webhook-endpoints': (of): readonly Sample[] => [
    { body: { url: 'https://example.com/', event_types: ['*'], connection_ids: [of.connection] } },
  ],
  'GET /v1/members': (of): readonly Sample[] => [{}, { query: { cursor: cursorAfter(of.member) } }],
  'POST /v1/members': () => [{ body: { email: 'somebody@example.com', role: 'viewer' } }],
  'PATCH /v1/members/:id': (of) => [{ path: { id: of.member }, body: { role: 'support' } }],
  'GET /v1/sso': () => [{}],
  'PUT /v1/sso': () => [
    {
      body: {
        issuer: 'https://127.0.0.1:1',
        client_id: 'any',
        client_secret: 'any',
        email_domains: ['victim.example'],
        default_role: 'viewer',
        required: false,
      },
    },
  ],
  'DELETE /v1/sso': () => [{}],
  'POST /v1/sso/verify-domains': () => [{}],
  'POST /v1/members/:id/reset-link': (of) => [{ path: { id: of.member } }],
  'DELETE /v1/members/:id': (of) => [{ path: { id: of.member } }],
  'GET /v1/webhook-endpoints': (of): readonly Sample[] => [{}, { query: { cursor: cursorAfter(of.webhookEndpoint) } }],
  'GET /v1/webhook-endpoints/:id': (of) => [{ path: { id: of.webhookEndpoint } }],
  'PATCH /v1/webhook-endpoints/:id': (of, own): readonly Sample[] => [
    { path: { id: of.webhookEndpoint }, body: { url: 'https://example.com/stolen' } },
    { path: { id: own.webhookEndpoint }, body: { connection_ids: [of.connection] } },
  ],
  'DELETE /v1/webhook-endpoints/:id': (of) => [{ path: { id: of.webhookEndpoint } }],
  'GET /v1/webhook-endpoints/:id/secret': (of) => [{ path: { id: of.webhookEndpoint } }],
  'POST /v1/webhook-endpoints/:id/rotate-secret': (of) => [
    { path: { id: of.webhookEndpoint }, body: { overlap_hours: 0 } },
  ],
  'POST /v1/webhook-endpoints/:id/test': (of) => [{ path: { id: of.webhookEndpoint }, body: {} }],
  'GET /v1/webhook-endpoints/:id/deliveries': (of): readonly Sample[] => [
    { path: { id: of.webhookEndpoint } },
    { path: { id: of.webhookEndpoint }, query: { cursor: cursorAfter(of.notice) } },
  ],
  'GET /v1/webhook-endpoints/:id/deliveries/:delivery_id': (of, own): readonly Sample[] => [
    { path: { id: of.webhookEndpoint, delivery_id: of.notice } },
    { path: { id: own.webhookEndpoint, delivery_id: of.notice } },
  ],
  'POST /v1/webhook-endpoints/:id/deliveries/:delivery_id/retry': (of, own): readonly Sample[] => [
    { path: { id: of.webhookEndpoint, delivery_id: of.notice } },
    { path: { id: own.webhookEndpoint, delivery_id: of.notice } },
  ],
  'POST /v1/webhook-endpoints/:id/recover': (of) => [
    { path: { id: of.webhookEndpoint }, body: { since: new Date(Date.now() - 60_000).toISOString() } },
  ],
  'GET /v1/webhook-endpoints/:id/statistics': (of) => [{ path: { id: of.webhookEndpoint } }],
};

/** Bodies of operators' routes; the victim is the tenant himself there. */
export const OPERATOR_SAMPLES: Readonly<Record<string, Sample>> = {
  'POST /admin/v1/tenants': { body: { slug: 'stolen', name: 'Stolen', tier: 'free' } },
  'GET /admin/v1/tenants': {},
  'GET /admin/v1/tenants/:id': {},
  'PATCH /admin/v1/tenants/:id': { body: { status: 'suspended' } },
  'POST /admin/v1/tenants/:id/erasure': { body: { slug: 'stolen', reason: 'x' } },
  'POST /admin/v1/tenants/:id/audit-exports': { body: { reason: 'x' } },
  'GET /admin/v1/tenants/:id/audit-exports': {},
  'GET /admin/v1/tenants/:id/audit-exports/:export_id': {},
  'GET /admin/v1/tenants/:id/audit-exports/:export_id/download': {},
  'GET /admin/v1/tenants/:id/audit-checkpoint': {},
  'GET /admin/v1/tenants/:id/retention': {},
  'GET /admin/v1/tenants/:id/usage': {},
  'PUT /admin/v1/tenants/:id/retention': {
    body: {
      most_hot_days: null,
      least_archive_days: null,
      most_archive_days: null,
      most_dead_letter_days: null,
      legal_hold: false,
    },
  },
  'PUT /admin/v1/tenants/:id/sso-domains/:domain': {},
  'POST /admin/v1/users': { body: { email: 'x@example.com', name: 'x', password: 'correct horse' } },
  'POST /admin/v1/users/reset-link': { body: { email: 'x@example.com' } },
  'GET /admin/v1/tiers': {},
  'GET /admin/v1/health': {},
  'GET /admin/v1/audit-log': {},
  'GET /admin/v1/audit-log/:record_id': {},
  'GET /admin/v1/audit-checkpoint': {},
  'POST /admin/v1/audit-exports': { body: {} },
  'GET /admin/v1/audit-exports': {},
  'GET /admin/v1/audit-exports/:export_id': {},
  'GET /admin/v1/audit-exports/:export_id/download': {},
};

function recipeFrom(source: string, target: string): Sample {
  const recipe_ids = ['salesforce.account:salesforce.customer.outbound'];
  return { body: { source_connection_id: source, target_connection_id: target, recipe_ids } };
}

/** The cursor of a page that would begin with this very row. */
function cursorAfter(id: string): string {
  const uuid = parsePublicId(id)?.uuid ?? '';
  return Buffer.from(uuid.replace(/[0-9a-f]{12}$/, 'ffffffffffff')).toString('base64url');
}
