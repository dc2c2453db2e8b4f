import { toPublicId, newUuid } from '@hub/platform';
import { waitUntil, type TestClient } from '@hub/testing';
import { expectInvariants } from '../faults/invariants';
import { expectProblem } from '../support/problems';
import {
  accept,
  addMapping,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  keyWith,
  readEvent,
  settled,
  stageHub,
  unique,
  type DeliveryView,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';

interface Replay {
  readonly id: string;
  readonly status: string;
  readonly phase: string;
  readonly matched: number;
  readonly waiting: number;
  readonly queued: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly would_send: number;
  readonly would_fail: number;
  readonly changed: number;
  readonly progress: number;
  readonly eta_seconds: number | null;
  readonly reason: string | null;
}

interface Item {
  readonly delivery_id: string;
  readonly new_delivery_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly was_sent: unknown;
  readonly would_send: unknown;
  readonly changes: unknown;
}

interface Group {
  readonly title: string;
  readonly count: number;
  readonly first_failed_at: string;
  readonly leaves_at: string;
  readonly advice: { title: string; action: string };
  readonly filter: Record<string, string>;
}

interface FullDelivery extends DeliveryView {
  readonly replay_of: string | null;
  readonly replayed_by: string | null;
  readonly resolved_by: string | null;
  readonly advice: { title: string } | null;
}

/** Fails on what has no `ok`, as a mapping that does not know a case of its data. */
const BROKEN = '{ "n": $assert($exists(ok), "no ok") ? n : n }';
const FIXED = '{ "n": n, "fixed": true }';

describe('dead letters and replays', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let other: StagedTenant;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
    tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    other = await hub.newTenant();
  }, 120_000);
  afterAll(() => hub?.stop());

  const replayWhen = (
    client: TestClient,
    id: string,
    is: (replay: Replay) => boolean,
    timeoutMs = 30_000,
  ): Promise<Replay> => {
    let last: Replay | null = null;
    return waitUntil(
      `replay ${id}`,
      async () => {
        last = await client.demand<Replay>('GET', `/v1/replays/${id}`);
        return is(last) ? last : null;
      },
      timeoutMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`);
    });
  };
  const ended = ({ status }: Replay): boolean => ['completed', 'cancelled', 'failed'].includes(status);
  const items = async (id: string, query = ''): Promise<readonly Item[]> =>
    (await tenant.client.demand<{ data: Item[] }>('GET', `/v1/replays/${id}/items?limit=200${query}`)).data;
  const groups = async (query: string): Promise<{ data: Group[]; total: { dead_letters: number } }> =>
    tenant.client.demand('GET', `/v1/dead-letters/groups?${query}`);

  /** A route of its own to a sink that takes everything, or as it is told. */
  const stage = async (
    fields: Record<string, unknown> = {},
  ): Promise<{ connection: string; sink: string; type: string; route: string }> => {
    const connection = await connectSink(hub, tenant);
    const type = `${unique('replay').replaceAll('-', '_')}.made`;
    const route = await addRoute(tenant, { event_type: type, connection_id: connection.id, ...fields });
    return { connection: connection.id, sink: connection.sink, type, route };
  };

  it('10,000 dead letters after the mapping is fixed: killed half-way, resumed, all there and none doubled', async () => {
    const COUNT = 10_000;
    const connection = await connectSink(hub, tenant, { concurrency: 16 });
    const mapping = await addMapping(tenant, BROKEN);
    const type = `${unique('bulk').replaceAll('-', '_')}.made`;
    await addRoute(tenant, { event_type: type, connection_id: connection.id, mapping_id: mapping });
    for (let start = 0; start < COUNT; start += 1_000) {
      const events = Array.from({ length: 1_000 }, (_unused, n) => ({
        event_id: `${type}-${start + n}`,
        type,
        data: { n: start + n },
      }));
      await tenant.client.demand('POST', '/v1/events/batch', { events });
    }
    const of = `connection_id=${connection.id}`;
    await waitUntil('all of them to be dead', async () => (await groups(of)).total.dead_letters === COUNT, 60_000);
    const [group] = (await groups(of)).data;
    expect(group).toMatchObject({
      count: COUNT,
      advice: { title: 'mapping failed' },
      newest_mapping_id: mapping,
      newest_event_tracking_id: expect.stringMatching(/^evt_/),
    });
    expect(Date.parse(group?.leaves_at ?? '') - Date.parse(group?.first_failed_at ?? '')).toBe(14 * 86_400_000);
    expect(group?.title).toMatch(/^10000 failed since (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC: .*mapping failed$/);

    await tenant.client.demand('POST', `/v1/mappings/${mapping}/versions`, { expression: FIXED });
    await tenant.client.demand('POST', `/v1/mappings/${mapping}/publish`, { version: 2 });
    const { id } = await tenant.client.demand<Replay>('POST', '/v1/replays', {
      filter: group?.filter,
      expected_count: COUNT,
      mapping: 'current',
      reason: 'The mapping knows that case now.',
    });
    const [worker] = hub.workers;
    const half = await replayWhen(tenant.client, id, ({ succeeded }) => succeeded >= COUNT * 0.4);
    await worker?.kill();
    expect(half).toMatchObject({ status: 'running', matched: COUNT });
    expect(half.progress).toBeGreaterThanOrEqual(0.4);
    expect(half.eta_seconds).not.toBeNull();
    const atDeath = await tenant.client.demand<Replay>('GET', `/v1/replays/${id}`);
    expect(atDeath.succeeded).toBeLessThan(COUNT);
    await worker?.start();

    const done = await replayWhen(tenant.client, id, ended, 60_000);
    expect(done).toMatchObject({
      status: 'completed',
      matched: COUNT,
      succeeded: COUNT,
      failed: 0,
      skipped: 0,
      waiting: 0,
      queued: 0,
      progress: 1,
    });
    const view = await hub.sandbox.sink(connection.sink, 1);
    expect(view.accepted_distinct_keys).toBe(COUNT);
    // What was under way when the worker died is sent again, under the same key.
    expect(view.accepted_duplicates).toBeLessThanOrEqual(32);
    expect((await groups(of)).total.dead_letters).toBe(0);
    await expectInvariants(hub.database, tenant.uuid);
    const made = await hub.database.asSuperuser((client) =>
      client.query<{ n: number; originals: number; resolved: number }>(
        `select count(*) filter (where replay_of is not null)::int as n, count(distinct replay_of)::int as originals,
                  count(*) filter (where resolved_by is not null)::int as resolved
           from deliveries where tenant_id = $1`,
        [tenant.uuid],
      ),
    );
    expect(made.rows).toEqual([{ n: COUNT, originals: COUNT, resolved: COUNT }]);
    const failed = await tenant.client.demand<{ data: unknown[] }>('GET', `/v1/events?status=failed&type=${type}`);
    expect(failed.data).toEqual([]);
  }, 120_000);

  it('one event, and its story goes on without being rewritten', async () => {
    const { sink, type } = await stage();
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 422, times: 1 }]);
    const event = await accept(tenant.client, { type, data: { n: 1 } });
    const dead = (await eventWhen(tenant.client, event, settled)).deliveries[0] as FullDelivery;
    expect(dead).toMatchObject({ status: 'dead', replayed_by: null, advice: { title: 'record refused' } });

    const path = `/v1/events/${event}/replay`;
    expectProblem(await tenant.client.post(path, {}), 400, 'invalid_request');
    expectProblem(await other.client.post(path, { reason: 'mine?' }), 404, 'not_found');
    const answer = await tenant.client.post<Replay>(
      path,
      { reason: 'The customer is there now.' },
      { 'idempotency-key': 'once' },
    );
    expect(answer).toMatchObject({ status: 202, body: { reason: 'The customer is there now.' } });
    expect(answer.headers.get('location')).toBe(`/v1/replays/${answer.body.id}`);
    const again = await tenant.client.post<Replay>(
      path,
      { reason: 'The customer is there now.' },
      { 'idempotency-key': 'once' },
    );
    expect(again.body.id).toBe(answer.body.id);

    await replayWhen(tenant.client, answer.body.id, ended);
    const after = await eventWhen(tenant.client, event, ({ status }) => status === 'succeeded');
    const [first, second] = after.deliveries as readonly FullDelivery[];
    const old = [first, second].find((delivery) => delivery?.id === dead.id);
    const made = [first, second].find((delivery) => delivery?.id !== dead.id);
    expect(old).toMatchObject({ status: 'dead', attempts: 1, replayed_by: made?.id, resolved_by: made?.id });
    expect(made).toMatchObject({ status: 'succeeded', replay_of: dead.id });
    const { requests } = await hub.sandbox.sink(sink);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const { data } = await tenant.client.demand<{ data: { kind: string; message: string }[] }>(
      'GET',
      `/v1/events/${event}/timeline`,
    );
    expect(data.find(({ kind }) => kind === 'replayed')?.message).toContain(dead.id);

    expectProblem(await tenant.client.post(path, { reason: 'once more' }), 409, 'nothing_to_replay');
    expectProblem(await tenant.client.post(`/v1/deliveries/${dead.id}/retry`), 409, 'already_replayed');
    const repeated = await tenant.client.demand<Replay>('POST', path, { reason: 'again', include_succeeded: true });
    expect(await replayWhen(tenant.client, repeated.id, ended)).toMatchObject({ succeeded: 1 });
    await expectInvariants(hub.database, tenant.uuid);
  });

  it('shows first what would be sent beside what was sent', async () => {
    const mapping = await addMapping(tenant, '{ "n": n, "currency": "EUR" }');
    const { sink, type } = await stage({ mapping_id: mapping });
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 422 }]);
    const event = await accept(tenant.client, { type, data: { n: 1 } });
    await eventWhen(tenant.client, event, settled);
    const before = (await hub.sandbox.sink(sink)).total;
    await tenant.client.demand('POST', `/v1/mappings/${mapping}/versions`, {
      expression: '{ "n": n, "currency": "USD" }',
    });
    const { id } = await tenant.client.demand<Replay>('POST', '/v1/replays', {
      event_ids: [event],
      mapping: 2,
      dry_run: true,
      reason: 'Would it help?',
    });
    expect(await replayWhen(tenant.client, id, ended)).toMatchObject({
      status: 'completed',
      would_send: 1,
      changed: 1,
    });
    expect(await items(id, '&changed=true')).toEqual([
      expect.objectContaining({
        outcome: 'would_send',
        was_sent: { n: 1, currency: 'EUR' },
        would_send: { n: 1, currency: 'USD' },
        changes: [{ pointer: '/currency', before: 'EUR', after: 'USD' }],
      }),
    ]);
    const blind = await keyWith(tenant, ['events:read']);
    const unseen = await blind.client.demand<{ data: Item[] }>('GET', `/v1/replays/${id}/items`);
    expect(unseen.data).toEqual([
      expect.objectContaining({ was_sent: null, would_send: null, changes: [{ pointer: '/currency' }] }),
    ]);
    expect((await hub.sandbox.sink(sink)).total).toBe(before);
    expect(await readEvent(tenant.client, event)).toMatchObject({ status: 'failed', deliveries: [{ status: 'dead' }] });
    const missing = await tenant.client.demand<Replay>('POST', '/v1/replays', {
      event_ids: [event],
      mapping: 9,
      dry_run: true,
      reason: 'Is there a ninth?',
    });
    await replayWhen(tenant.client, missing.id, ended);
    const [skipped] = await items(missing.id);
    expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'no_such_version' });
    expect(skipped?.message).toContain('no such version');
  });

  it('groups dead letters by cause, and takes a whole group up again or gives it up', async () => {
    const { connection, sink, type } = await stage({ retry: { delays_seconds: [] } });
    await hub.sandbox.behave(sink, [
      { kind: 'respond', status: 422, times: 3 },
      { kind: 'respond', status: 403, times: 2 },
    ]);
    for (let n = 0; n < 5; n++) await eventWhen(tenant.client, await accept(tenant.client, { type }), settled);
    const found = await groups(`connection_id=${connection}`);
    expect(found.total.dead_letters).toBe(5);
    expect(found.data.map(({ count, advice }) => [count, advice.title])).toEqual([
      [2, 'not permitted'],
      [3, 'record refused'],
    ]);
    const [forbidden, refused] = found.data as [Group, Group];
    expect(refused.title).toMatch(/^3 failed since (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC: HTTP 422 record refused$/);
    const listed = await tenant.client.demand<{ data: unknown[] }>(
      'GET',
      `/v1/deliveries?status=dead&replayed=false&${new URLSearchParams(refused.filter).toString()}`,
    );
    expect(listed.data).toHaveLength(3);
    expect((await groups(`connection_id=${connection}&category=permission`)).total.dead_letters).toBe(2);
    expectProblem(await tenant.client.get('/v1/dead-letters/groups?colour=red'), 400, 'invalid_request');

    const wrong = await tenant.client.post('/v1/dead-letters/retry', { filter: refused.filter, expected_count: 4 });
    expectProblem(wrong, 409, 'count_changed');
    expect(wrong.body).toMatchObject({ count: 3 });
    expectProblem(
      await tenant.client.post('/v1/dead-letters/retry', { filter: refused.filter }),
      400,
      'invalid_request',
    );
    const retry = await tenant.client.post<Replay>('/v1/dead-letters/retry', {
      filter: refused.filter,
      expected_count: 3,
    });
    expect(retry.status).toBe(202);
    expect(await replayWhen(tenant.client, retry.body.id, ended)).toMatchObject({ succeeded: 3, matched: 3 });
    const cancel = await tenant.client.demand<Replay>('POST', '/v1/dead-letters/cancel', {
      filter: forbidden.filter,
      expected_count: 2,
      reason: 'Nobody wants them.',
    });
    expect(await replayWhen(tenant.client, cancel.id, ended)).toMatchObject({ succeeded: 2, matched: 2 });
    expect((await groups(`connection_id=${connection}`)).total.dead_letters).toBe(0);
    await expectInvariants(hub.database, tenant.uuid);
  });

  it('is cancelled while it waits, and the dead letters are there again', async () => {
    const { connection, sink, type } = await stage();
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 422, times: 3 }]);
    for (let n = 0; n < 3; n++) await eventWhen(tenant.client, await accept(tenant.client, { type }), settled);
    await tenant.client.demand('POST', `/v1/connections/${connection}/pause`);
    const { id } = await tenant.client.demand<Replay>('POST', '/v1/replays', {
      filter: { connection_id: connection },
      reason: 'too early',
    });
    await replayWhen(tenant.client, id, ({ queued }) => queued === 3);
    expect((await groups(`connection_id=${connection}`)).total.dead_letters).toBe(0);
    expect((await tenant.client.post(`/v1/replays/${id}/cancel`)).status).toBe(202);
    expect(await replayWhen(tenant.client, id, ended)).toMatchObject({ status: 'cancelled', cancelled: 3, queued: 0 });
    expectProblem(await tenant.client.post(`/v1/replays/${id}/cancel`), 409, 'wrong_status');
    expect((await groups(`connection_id=${connection}`)).total.dead_letters).toBe(3);
    await expectInvariants(hub.database, tenant.uuid);
  });

  it('takes the sender’s own event ids, and names each that is not there', async () => {
    const { sink, type } = await stage();
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 422, times: 1 }]);
    const mine = unique('mine');
    const event = await accept(tenant.client, { type, event_id: mine });
    await deliveryWhen(tenant.client, event, ({ status }) => status === 'dead');
    const nowhere = toPublicId('event', newUuid());
    const refused = await tenant.client.post('/v1/replays', { event_ids: [mine, nowhere], reason: 'all of them' });
    expectProblem(refused, 404, 'not_found');
    expect(refused.body).toMatchObject({ errors: [{ pointer: '/event_ids/1' }] });
    expectProblem(await other.client.post('/v1/replays', { event_ids: [event], reason: 'mine?' }), 404, 'not_found');
    const { id } = await tenant.client.demand<Replay>('POST', '/v1/replays', { event_ids: [mine], reason: 'that one' });
    expect(await replayWhen(tenant.client, id, ended)).toMatchObject({ succeeded: 1 });
    for (const path of [`/v1/replays/${id}`, `/v1/replays/${id}/items`])
      expectProblem(await other.client.get(path), 404, 'not_found');
  });

  it('needs its own scope', async () => {
    const reader = await keyWith(tenant, ['events:read', 'deliveries:write', 'events:write']);
    expectProblem(await reader.client.post('/v1/replays', { filter: {}, reason: 'x' }), 403, 'missing_scope');
    expect((await reader.client.get('/v1/replays')).status).toBe(200);
  });
});
