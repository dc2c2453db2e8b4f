import { fromPublicId } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import {
  accept,
  addRoute,
  connectSink,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { describeSchemaDrift } from './schema-drift.suite';
import { verified, WebhookReceiver } from './webhook-receiver';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly needs_attention: boolean;
}

interface LogEntry {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_type: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly resend_of: string | null;
  readonly last_attempt: { http_status: number | null; response_body: string | null; message: string | null } | null;
}

interface List<T> {
  readonly data: readonly T[];
}

const WEBHOOKS = '/v1/webhook-endpoints';

describe('outbound webhooks', () => {
  let hub: StagedHub;
  const receiver = new WebhookReceiver();
  beforeAll(async () => {
    await receiver.start();
    hub = await stageHub({ queue: 'redis', env: { HUB_ALERT_EVERY_SECONDS: '1' } });
  }, 120_000);
  afterAll(async () => {
    await receiver.stop();
    await hub?.stop();
  });

  /** A tenant whose events of `type` go to a sink. */
  async function stage(): Promise<{ tenant: StagedTenant; connection: string; sink: string; type: string }> {
    const tenant = await hub.newTenant();
    const { id, sink } = await connectSink(hub, tenant);
    await addRoute(tenant, { event_type: 'order.*', connection_id: id, retry: { delays_seconds: [3600] } });
    return { tenant, connection: id, sink, type: 'order.created' };
  }

  async function endpoint(
    { client }: StagedTenant,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<Endpoint & { path: string }> {
    const path = `/${unique('hook')}`;
    const body = { url: receiver.url(path), event_types: ['delivery.*'], ...fields };
    return { path, ...(await client.demand<Endpoint & Record<string, unknown>>('POST', WEBHOOKS, body)) };
  }

  const log = async ({ client }: StagedTenant, { id }: Endpoint, query = ''): Promise<readonly LogEntry[]> =>
    (await client.demand<List<LogEntry>>('GET', `${WEBHOOKS}/${id}/deliveries${query}`)).data;

  const logged = (tenant: StagedTenant, of: Endpoint, is: (entry: LogEntry) => boolean): Promise<LogEntry> =>
    waitUntil(`an entry in the log of ${of.id}`, async () => (await log(tenant, of)).find(is));

  const change = (of: Endpoint, table: 'connection_runtime' | 'routes', set: string): Promise<unknown> =>
    hub.database.asSuperuser((client) =>
      client.query(
        `update ${table} t set ${set} from webhook_endpoints w
         where w.id = $1 and t.tenant_id = w.tenant_id and t.connection_id = w.connection_id`,
        [fromPublicId('webhookEndpoint', of.id)],
      ),
    );
  const runtime = (of: Endpoint, set: string): Promise<unknown> => change(of, 'connection_runtime', set);
  /** What has failed is not tried again before the test goes on: five seconds are not long on a machine that is busy. */
  const retrySeldom = (of: Endpoint): Promise<unknown> => change(of, 'routes', `retry_delays_seconds = '{3600}'`);

  it('tell of each delivery once, signed, and of nothing that is theirs alone', async () => {
    const { tenant, connection, type } = await stage();
    const all = await endpoint(tenant, { event_types: ['*'] });
    const other = await endpoint(tenant, { event_types: ['delivery.dead', 'connection.*'] });
    const stranger = await hub.newTenant();
    const elsewhere = await endpoint(stranger, { event_types: ['*'] });
    const sent = await Promise.all([1, 2, 3].map((n) => accept(tenant.client, { type, data: { n } })));
    const notices = await receiver.until(all.path, 3);
    const bodies = notices.map((notice) => verified(all.secret, notice));
    expect(bodies.map((body) => body.data['tracking_id']).sort()).toEqual([...sent].sort());
    expect(bodies[0]).toMatchObject({
      type: 'delivery.succeeded',
      data: { connection_id: connection, event_type: type, attempts: 1, error: null },
    });
    expect(notices.map(({ headers }) => headers['webhook-id'])).toEqual(bodies.map(({ id }) => id));
    const entries = await log(tenant, all);
    expect(entries).toHaveLength(3);
    await logged(tenant, all, ({ status }) => status === 'succeeded');
    // The notices themselves are no news, neither to the endpoints nor to any list of the tenant's own.
    const lists = await Promise.all(
      ['/v1/events', '/v1/deliveries', '/v1/connections', '/v1/routes'].map((path) =>
        tenant.client.demand<List<unknown>>('GET', path),
      ),
    );
    expect(lists.map(({ data }) => data.length)).toEqual([3, 3, 1, 1]);
    expect(await tenant.client.get(`/v1/deliveries/${entries[0]?.id}`)).toMatchObject({ status: 404 });
    expect(await tenant.client.get(`/v1/events?q=${entries[0]?.webhook_id}`)).toMatchObject({ body: { data: [] } });
    const last = await accept(tenant.client, { type });
    await waitUntil('the notice about the last one', async () =>
      Promise.resolve(receiver.at(all.path).some(({ body }) => body.includes(last))),
    );
    // Whatever was on the bus before has been made a notice of by now, or never is.
    expect(await log(tenant, all)).toHaveLength(4);
    expect(await log(tenant, other)).toEqual([]);
    expect(receiver.at(elsewhere.path)).toEqual([]);
    expect(await stranger.client.get(`${WEBHOOKS}/${all.id}/deliveries`)).toMatchObject({ status: 404 });
    expect(await tenant.client.get(`${WEBHOOKS}/${all.id}/statistics`)).toMatchObject({
      body: { notices: { total: 4, dead: 0 } },
    });
  });

  it('are tried again under the same id, each attempt dated and logged, at once when a person asks', async () => {
    const { tenant, type } = await stage();
    const hook = await endpoint(tenant);
    await retrySeldom(hook);
    receiver.behave(hook.path, 503);
    await accept(tenant.client, { type });
    const failed = await logged(tenant, hook, ({ status }) => status === 'retrying');
    expect(failed).toMatchObject({ attempts: 1, last_attempt: { http_status: 503, response_body: 'not now' } });
    expect(failed.next_attempt_at).not.toBeNull();
    receiver.behave(hook.path, 204);
    await tenant.client.demand('POST', `${WEBHOOKS}/${hook.id}/deliveries/${failed.id}/retry`);
    const [first, second] = await receiver.until(hook.path, 2);
    expect([verified(hook.secret, first).id, verified(hook.secret, second).id]).toEqual(
      Array(2).fill(failed.webhook_id),
    );
    const done = await logged(tenant, hook, ({ status }) => status === 'succeeded');
    expect(await tenant.client.get(`${WEBHOOKS}/${hook.id}/deliveries/${done.id}`)).toMatchObject({
      body: {
        payload: { id: failed.webhook_id, type: 'delivery.succeeded' },
        attempt_list: [
          { number: 1, outcome: 'failed', http_status: 503 },
          { number: 2, outcome: 'succeeded', http_status: 204 },
        ],
      },
    });
    // Once more, although it has arrived: a delivery of its own, known to the receiver by the same id.
    await tenant.client.demand('POST', `${WEBHOOKS}/${hook.id}/deliveries/${done.id}/retry`);
    const [, , third] = await receiver.until(hook.path, 3);
    expect(verified(hook.secret, third).id).toBe(failed.webhook_id);
    expect((await log(tenant, hook)).map((entry) => entry.resend_of)).toEqual([done.id, null]);
  });

  it('are verified by the old secret and by the new one during the overlap', async () => {
    const { tenant, type } = await stage();
    const hook = await endpoint(tenant);
    const at = `${WEBHOOKS}/${hook.id}`;
    const rotated = await tenant.client.demand<{ secret: string }>('POST', `${at}/rotate-secret`, {});
    await accept(tenant.client, { type });
    const [notice] = await receiver.until(hook.path, 1);
    expect(verified(rotated.secret, notice)).toEqual(verified(hook.secret, notice));
    expect(await tenant.client.demand('GET', `${at}/secret`)).toMatchObject({
      secret: rotated.secret,
      previous_secret: hook.secret,
    });
    const last = await tenant.client.demand<{ secret: string }>('POST', `${at}/rotate-secret`, { overlap_hours: 0 });
    await tenant.client.demand('POST', `${at}/test`, {});
    const [, tested] = await receiver.until(hook.path, 2);
    expect(verified(last.secret, tested)).toMatchObject({ type: 'webhook_endpoint.test' });
    expect(() => verified(rotated.secret, tested)).toThrow();
    const written = await hub.database.asSuperuser((client) =>
      client.query<{ actions: string[] }>(
        `select array_agg(record ->> 'action' order by id) as actions from audit_records where tenant_id = $1 and record::text like '%' || $2 || '%'`,
        [tenant.uuid, hook.id],
      ),
    );
    expect(written.rows[0]?.actions).toEqual(
      ['created', 'secret_rotated', 'secret_read', 'secret_rotated', 'tested'].map((did) => `webhook_endpoint.${did}`),
    );
  });

  it('a receiver that is gone is switched off, others are told, and once switched on it goes on', async () => {
    const { tenant, type } = await stage();
    const hook = await endpoint(tenant);
    const watching = await endpoint(tenant, { event_types: ['*'] });
    receiver.behave(hook.path, 410);
    await accept(tenant.client, { type });
    const told = (await receiver.until(watching.path, 2)).map((notice) => verified(watching.secret, notice));
    expect(told.find((body) => body.type === 'webhook_endpoint.disabled')?.data).toMatchObject({
      endpoint_id: hook.id,
      reason: 'gone',
    });
    expect(await tenant.client.demand('GET', `${WEBHOOKS}/${hook.id}`)).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
      needs_attention: true,
    });
    const held = await logged(tenant, hook, ({ status }) => status === 'held');
    expect(held.reason).toBe('endpoint_disabled');
    // Nothing is made for one that is off; a person may ask for it later.
    const missed = await accept(tenant.client, { type });
    await receiver.until(watching.path, 3);
    receiver.behave(hook.path, 204);
    await tenant.client.demand('PATCH', `${WEBHOOKS}/${hook.id}`, { enabled: true });
    const sent = await receiver.until(hook.path, 2);
    expect(verified(hook.secret, sent[1]).id).toBe(held.webhook_id);
    const recover = { since: new Date(Date.now() - 3_600_000).toISOString(), missed: true };
    const asked = (): Promise<unknown> => tenant.client.demand('POST', `${WEBHOOKS}/${hook.id}/recover`, recover);
    // Its own end is on the bus as well, but it has asked for deliveries alone.
    expect(await asked()).toEqual({ recovered: 0, missed: 1, more: false });
    const again = await receiver.until(hook.path, 3);
    expect(verified(hook.secret, again[2]).data['tracking_id']).toBe(missed);
    expect(await asked()).toEqual({ recovered: 0, missed: 0, more: false });
  });

  it('what has died is taken up again since a moment', async () => {
    const { tenant, type } = await stage();
    const hook = await endpoint(tenant);
    await retrySeldom(hook);
    receiver.behave(hook.path, 500);
    await accept(tenant.client, { type });
    const failed = await logged(tenant, hook, ({ status }) => status === 'retrying');
    await hub.database.asSuperuser((client) =>
      client.query(
        `with dead as (update deliveries set status = 'dead', settled_at = now() where id = $1 returning tracking_id)
         update events set status = 'failed', deliveries_open = 0, deliveries_failed = 1 from dead where events.id = dead.tracking_id`,
        [fromPublicId('delivery', failed.id)],
      ),
    );
    receiver.behave(hook.path, 204);
    const body = { since: new Date(Date.now() - 3_600_000).toISOString() };
    expect(await tenant.client.demand('POST', `${WEBHOOKS}/${hook.id}/recover`, body)).toMatchObject({ recovered: 1 });
    expect(await logged(tenant, hook, ({ status }) => status === 'succeeded')).toMatchObject({ id: failed.id });
  });

  it('are refused to private addresses', async () => {
    const { tenant, type } = await stage();
    const hook = await endpoint(tenant, { url: 'http://10.1.2.3/hook' });
    expect(await tenant.client.demand('POST', `${WEBHOOKS}/${hook.id}/test`, {})).toMatchObject({
      delivered: false,
      http_status: null,
      error: { code: 'blocked_address' },
    });
    await accept(tenant.client, { type });
    expect(await logged(tenant, hook, ({ status }) => status === 'dead')).toMatchObject({ attempts: 1 });
  });

  it('a receiver that hangs delays no other', async () => {
    const { tenant, type } = await stage();
    const slow = await endpoint(tenant);
    const fast = await endpoint(tenant);
    receiver.behave(slow.path, 'hang');
    await accept(tenant.client, { type });
    await receiver.until(slow.path, 1);
    await Promise.all(Array.from({ length: 20 }, () => accept(tenant.client, { type })));
    const notices = await receiver.until(fast.path, 21);
    expect(new Set(notices.map((notice) => verified(fast.secret, notice).id)).size).toBe(21);
    // All that while the slow one has answered nothing.
    expect((await log(tenant, slow)).filter(({ status }) => status === 'succeeded')).toEqual([]);
    receiver.behave(slow.path, 204);
  });

  it('a worker that is killed before it sends loses nothing, and sends it once', async () => {
    const { tenant, type } = await stage();
    const [worker] = hub.workers;
    const hook = await endpoint(tenant);
    await runtime(hook, `resume_at = now() + interval '1 hour', resume_reason = 'rate_limited'`);
    await accept(tenant.client, { type });
    const made = await logged(tenant, hook, ({ status }) => status === 'held');
    await worker?.kill();
    expect(receiver.at(hook.path)).toEqual([]);
    await runtime(hook, `resume_at = null, resume_reason = null`);
    await worker?.start();
    const [notice] = await receiver.until(hook.path, 1);
    expect(verified(hook.secret, notice).id).toBe(made.webhook_id);
    await logged(tenant, hook, ({ status }) => status === 'succeeded');
    expect([(await log(tenant, hook)).length, receiver.at(hook.path).length]).toEqual([1, 1]);
  });

  describeSchemaDrift(async () => {
    const tenant = await hub.newTenant();
    const hook = await endpoint(tenant, { event_types: ['connection.schema_changed'] });
    return { hub, tenant, next: async () => verified(hook.secret, (await receiver.until(hook.path, 1)).at(-1)) };
  });

  it('are described by a catalogue', async () => {
    const tenant = await hub.newTenant();
    const { data } = await tenant.client.demand<List<{ type: string; example: { type: string } }>>(
      'GET',
      '/v1/webhook-event-types',
    );
    expect(data.map(({ type }) => type)).toEqual(data.map(({ example }) => example.type));
    const faulty = { url: 'ftp://x', event_types: ['*'] };
    expect(await tenant.client.post(WEBHOOKS, faulty)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/url' }] },
    });
    const unknown = { url: receiver.url('/'), event_types: ['delivery.*', 'nothing.such'], connection_ids: ['con_x'] };
    expect(await tenant.client.post(WEBHOOKS, unknown)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/event_types/1' }, { pointer: '/connection_ids/0' }] },
    });
  });
});
