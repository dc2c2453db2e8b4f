import { randomBytes } from 'node:crypto';
import { listNotices, makeNotices } from '@hub/delivery';
import { newUuid, parsePublicId, toPublicId, type IdKind } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { findEndpoint } from '@hub/webhooks';
import { type AnyAnswer } from '../support/inject-any';
import { type Belongings } from './route-samples';

export interface Tenant {
  readonly id: string;
  readonly key: string;
  readonly revoked: string;
}

export type Ask = (key: string | null, method: string, url: string, body?: unknown) => Promise<AnyAnswer>;

/** A name that nothing else has. */
export const anyName = (): string => `x-${randomBytes(5).toString('hex')}`;

/** Something of each kind, one of everything that has an id. */
export async function furnish(database: TestDatabase, ask: Ask, { id, key }: Tenant): Promise<Belongings> {
  const make = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const answer = await ask(key, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, string>;
  };
  const connection = await make('/v1/connections', {
    name: anyName(),
    connector: 'http',
    config: { url: 'https://example.com/' },
  });
  const otherConnection = await make('/v1/connections', {
    name: anyName(),
    connector: 'http',
    config: { url: 'https://example.com/' },
  });
  const mapping = await make('/v1/mappings', { name: anyName(), expression: '{ "victims": "mapping" }' });
  const route = await make('/v1/routes', {
    name: anyName(),
    event_type: 'order.*',
    connection_id: connection['id'],
    operation: 'request.send',
    mapping_id: mapping['id'],
  });
  const ofMapping = `/v1/mappings/${mapping['id']}`;
  const goldenCase = await make(`${ofMapping}/golden-cases`, {
    name: anyName(),
    input: {},
    output: { victims: 'case' },
  });
  const backtest = await make(`${ofMapping}/backtest`, { version: 1 });
  const apiKey = await make('/v1/api-keys', { name: anyName(), environment: 'test', scopes: ['events:read'] });
  const event = await make('/v1/events', {
    event_id: 'victims-event',
    type: 'order.created',
    data: { text: 'victims-payload' },
  });
  const read = await ask(key, 'GET', `/v1/events/${event['tracking_id']}`);
  const replay = await make('/v1/replays', { event_ids: [event['tracking_id']], reason: 'victims-reason' });
  const restore = await make('/v1/archive/restores', { event_ids: [event['tracking_id']], reason: 'victims-reason' });
  const link = await make('/v1/links', {
    type: 'customer',
    ends: [
      { connection_id: connection['id'], record_id: 'victims-record' },
      { source: 'victims-source', record_id: 'victims-record' },
    ],
  });
  const alertChannel = await make('/v1/alert-channels', {
    name: anyName(),
    kind: 'slack',
    url: 'https://example.com/victims',
  });
  const [linkEnd] = link['ends'] as unknown as readonly { id: string }[];
  const endpoint = await make('/v1/webhook-endpoints', { url: 'http://127.0.0.1/victims', event_types: ['*'] });
  const [sync, syncRun] = await plantSync(database, id, connection['id'] ?? '');
  const { deliveries } = JSON.parse(read.text) as { deliveries: { id: string }[] };
  const auditExport = await make('/v1/audit-exports', {});
  const log = await ask(key, 'GET', '/v1/audit-log');
  const [newest] = (JSON.parse(log.text) as { data: { id: string }[] }).data;
  return {
    event: event['tracking_id'] ?? '',
    delivery: deliveries[0]?.id ?? '',
    connection: connection['id'] ?? '',
    mapping: mapping['id'] ?? '',
    goldenCase: goldenCase['id'] ?? '',
    backtest: backtest['id'] ?? '',
    route: route['id'] ?? '',
    apiKey: apiKey['id'] ?? '',
    sync: toPublicId('sync', sync),
    syncRun: toPublicId('syncRun', syncRun),
    otherConnection: otherConnection['id'] ?? '',
    link: link['id'] ?? '',
    linkEnd: linkEnd?.id ?? '',
    alert: await plantAlert(database, id, connection['id'] ?? ''),
    alertChannel: alertChannel['id'] ?? '',
    replay: replay['id'] ?? '',
    restore: restore['id'] ?? '',
    webhookEndpoint: endpoint['id'] ?? '',
    notice: await plantNotice(database, id, endpoint['id'] ?? ''),
    ...(await plantMember(database, id)),
    auditExport: auditExport['id'] ?? '',
    auditRecord: newest?.id ?? '',
  };
}

/** By hand: the connection's connector pulls nothing and is called by nobody. */
async function plantSync(
  database: TestDatabase,
  tenantId: string,
  connectionId: string,
): Promise<[sync: string, run: string]> {
  const [sync, run, connection] = [newUuid(), newUuid(), parsePublicId(connectionId)?.uuid];
  await database.asSuperuser(async (client) => {
    await client.query(
      `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds) values ($1, $2, 'victims-sync', $3, 'Account', 60)`,
      [tenantId, sync, connection],
    );
    await client.query(
      `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status) values ($1, $2, $3, $4, 'scheduled', 'succeeded')`,
      [tenantId, run, sync, connection],
    );
    await client.query(`insert into connection_hooks (tenant_id, connection_id, token_hash) values ($1, $2, $3)`, [
      tenantId,
      connection,
      randomBytes(32),
    ]);
  });
  return [sync, run];
}

/** One that waits: no worker is there to send it. */
async function plantNotice(database: TestDatabase, tenantId: string, endpointId: string): Promise<string> {
  return new TenantDb(database.app, { internal: true }).run(tenantId, async (tx) => {
    const endpoint = await findEndpoint(tx, parsePublicId(endpointId)?.uuid ?? '');
    if (endpoint === null) throw new Error(`${endpointId} is not there`);
    const { connection_id: connectionId, route_id: routeId } = endpoint;
    const id = newUuid();
    const payload = '{"text":"victims-payload"}';
    const notice = {
      id,
      publicId: toPublicId('hubEvent', id),
      type: 'delivery.dead',
      occurredAt: new Date(),
      payload,
    };
    await makeNotices(tx, [{ ...notice, targets: [{ connectionId, routeId }] }]);
    const [made] = await listNotices(tx, connectionId, {}, { limit: 1, before: null });
    return toPublicId('delivery', made?.id ?? '');
  });
}

/** By hand: no worker is there to look. */
async function plantAlert(database: TestDatabase, tenantId: string, connectionId: string): Promise<string> {
  const id = newUuid();
  await database.asSuperuser((client) =>
    client.query(
      `insert into alerts (tenant_id, id, rule, subject, connection_id, phase, severity, title, details, since)
       values ($1, $2, 'dead_letters', 'any', $3, 'open', 'critical', 'victims-alert', '{"causes":[],"value":null}', now())`,
      [tenantId, id, parsePublicId(connectionId)?.uuid],
    ),
  );
  return toPublicId('alert', id);
}

async function plantMember(database: TestDatabase, tenantId: string): Promise<{ member: string; savedFilter: string }> {
  const [user, member, filter] = [newUuid(), newUuid(), newUuid()];
  await database.asSuperuser(async (client) => {
    await client.query(`insert into users (id, email, name) values ($1, $2, 'victim')`, [
      user,
      `${randomBytes(5).toString('hex')}@example.com`,
    ]);
    await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'viewer')`, [
      tenantId,
      member,
      user,
    ]);
    await client.query(
      `insert into saved_filters (tenant_id, id, user_id, view, name, query) values ($1, $2, $3, 'events', 'victims', '{}')`,
      [tenantId, filter, user],
    );
  });
  return { member: toPublicId('member', member), savedFilter: toPublicId('savedFilter', filter) };
}

/** The same thing that never was: each id replaced by a random one of its kind. */
export function neverWas(): Belongings {
  const random = (kind: IdKind): string => toPublicId(kind, newUuid());
  return {
    event: random('event'),
    delivery: random('delivery'),
    connection: random('connection'),
    mapping: random('mapping'),
    goldenCase: random('goldenCase'),
    backtest: random('backtest'),
    route: random('route'),
    apiKey: random('apiKey'),
    sync: random('sync'),
    syncRun: random('syncRun'),
    otherConnection: random('connection'),
    link: random('link'),
    linkEnd: random('linkEnd'),
    alert: random('alert'),
    alertChannel: random('alertChannel'),
    replay: random('replay'),
    restore: random('restore'),
    webhookEndpoint: random('webhookEndpoint'),
    notice: random('delivery'),
    member: random('member'),
    savedFilter: random('savedFilter'),
    auditRecord: random('auditRecord'),
    auditExport: random('auditExport'),
  };
}
