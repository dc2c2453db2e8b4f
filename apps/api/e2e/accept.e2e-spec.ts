import { randomBytes } from 'node:crypto';
import {
  addRoute,
  connectSink,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { expectProblem, faultsOf } from '../../../test/support/problems';

interface Accepted {
  tracking_id: string;
  event_id: string;
  status: string;
  duplicate: boolean;
  received_at: string;
  routes: string[];
  links: { self: string };
}

interface BatchAnswer {
  results: {
    index: number;
    event_id: string | null;
    tracking_id: string | null;
    status: string;
    error?: { code: string; errors: { pointer: string }[] };
  }[];
}

describe('accepting events', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let route: string;
  let sink: string;

  beforeAll(async () => {
    hub = await stageHub();
    tenant = await hub.newTenant();
    const connection = await connectSink(hub, tenant);
    sink = connection.sink;
    route = await addRoute(tenant, { event_type: 'order.*', connection_id: connection.id });
  }, 120_000);
  afterAll(() => hub?.stop());

  const bodyOf = (id: string, data: unknown = { n: 1 }): Record<string, unknown> => ({
    event_id: id,
    type: 'order.created',
    data,
  });
  const post = (body: unknown, headers?: Record<string, string>) =>
    tenant.client.post<Accepted>('/v1/events', body, headers);

  describe('one event', () => {
    it('answers 202 with where it can be followed, once it is stored', async () => {
      const id = unique('e');
      const answer = await post(bodyOf(id));
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual({
        tracking_id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
        event_id: id,
        status: 'pending',
        duplicate: false,
        received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        routes: [route],
        links: { self: `/v1/events/${answer.body.tracking_id}` },
      });
      expect(answer.headers.get('location')).toBe(answer.body.links.self);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const stored = await tenant.client.get(answer.body.links.self);
      expect(stored).toMatchObject({ status: 200, body: { tracking_id: answer.body.tracking_id, event_id: id } });
    });

    it('says what is left of the limit, as structured fields', async () => {
      const answer = await post(bodyOf(unique('e')));
      expect(answer.headers.get('ratelimit-policy')).toBe('"sustained";q=10000;w=60, "burst";q=20000;w=60');
      expect(answer.headers.get('ratelimit')).toMatch(/^"sustained";r=\d+;t=\d+$/);
    });

    it('keeps a sane request id and replaces any other', async () => {
      const kept = await post(bodyOf(unique('e')), { 'x-request-id': 'caller:42' });
      expect(kept.headers.get('x-request-id')).toBe('caller:42');
      const stored = await tenant.client.get<{ request_id: string }>(kept.body.links.self);
      expect(stored.body.request_id).toBe('caller:42');
      for (const insane of ['', 'a b', 'x'.repeat(129), '"><script>']) {
        const replaced = await post(bodyOf(unique('e')), { 'x-request-id': insane });
        expect(replaced.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
      }
    });

    it('carries the trace of the caller through the queue to the receiving system', async () => {
      const traceId = randomBytes(16).toString('hex');
      const answer = await post(bodyOf(unique('e'), { trace: traceId }), {
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      });
      await eventWhen(tenant.client, answer.body.tracking_id, settled);
      const { requests } = await hub.sandbox.sink(sink);
      const arrived = requests.find(({ body }) => body.includes(traceId));
      expect(arrived?.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    });

    it('keeps an event that no route wants, and says so', async () => {
      const answer = await post({ event_id: unique('e'), type: 'nobody.cares', data: {} });
      expect(answer).toMatchObject({ status: 202, body: { status: 'unrouted', routes: [] } });
      expect((await eventWhen(tenant.client, answer.body.tracking_id, settled)).status).toBe('unrouted');
    });

    it('gives the payload back, and on, byte for byte', async () => {
      const data = `{"z":1.0, "a" : 1e2,\n "big":12345678901234567890.10,"u":"\\u00e9é\\/","dup":{"b":[ ],"é":null}}`;
      const answer = await post(`{"event_id":"${unique('e')}","type":"order.created", "data" : ${data} ,"source":"s"}`);
      expect(answer.status).toBe(202);
      await eventWhen(tenant.client, answer.body.tracking_id, settled);
      const read = await tenant.client.get(`${answer.body.links.self}?include=payload`);
      expect(read.text).toContain(`"payload":${data}`);
      expect((await tenant.client.get(answer.body.links.self)).text).not.toContain('12345678901234567890.10');
      const { requests } = await hub.sandbox.sink(sink);
      expect(requests.map(({ body }) => body)).toContain(data);
    });
  });

  describe('repeats', () => {
    it('answers 200 with the state of now, whatever the order of members and the time of sending', async () => {
      const id = unique('e');
      const first = await post(
        `{"event_id":"${id}","type":"order.created","data":{"a":1,"b":[2.0]},"occurred_at":"2026-11-20T10:00:00.000Z"}`,
      );
      expect(first.status).toBe(202);
      await eventWhen(tenant.client, first.body.tracking_id, settled);
      const again = await post(
        `{"event_id":"${id}","type":"order.created","data":{"b":[2],"a":1.0},"occurred_at":"2026-11-21T10:00:00.000Z"}`,
      );
      expect(again.status).toBe(200);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.body).toEqual({ ...first.body, status: 'succeeded', duplicate: true });
    });

    it.each([
      ['data', { data: { n: 2 } }],
      ['type', { type: 'order.changed' }],
    ])('answers 422 when the %s is another, naming the first', async (_what, change) => {
      const id = unique('e');
      const first = await post(bodyOf(id));
      const reused = await post({ ...bodyOf(id), ...change });
      const problem = expectProblem(reused, 422, 'event_id_reused');
      expect(faultsOf(problem)).toEqual(['/event_id event_id_reused']);
      expect(problem.detail).toContain(first.body.tracking_id);
      expect(problem).toMatchObject({ tracking_id: first.body.tracking_id });
    });

    it('lets one of 1,000 concurrent copies in, and delivers it once', async () => {
      const marker = unique('storm');
      const copies = await Promise.all(Array.from({ length: 1_000 }, () => post(bodyOf(marker, { marker }))));
      const statuses = new Map<number, number>();
      for (const { status } of copies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(Object.fromEntries(statuses)).toEqual({ 200: 999, 202: 1 });
      const ids = new Set(copies.map(({ body }) => body.tracking_id));
      expect(ids.size).toBe(1);
      const event = await eventWhen(tenant.client, [...ids][0] ?? '', settled);
      expect(event).toMatchObject({ status: 'succeeded', deliveries: [{ status: 'succeeded', attempts: 1 }] });
      const { requests } = await hub.sandbox.sink(sink);
      expect(requests.filter(({ body }) => body.includes(marker))).toHaveLength(1);
    }, 60_000);

    it('knows an event of another tenant from none at all', async () => {
      const id = unique('e');
      const other = await hub.newTenant();
      expect((await post(bodyOf(id))).status).toBe(202);
      expect((await other.client.post('/v1/events', bodyOf(id, { other: true }))).status).toBe(202);
    });
  });

  describe('CloudEvents', () => {
    const attributes = (id: string): Record<string, unknown> => ({
      specversion: '1.0',
      id,
      type: 'order.created',
      source: '/shop/eu',
      subject: 'order/7',
      time: '2026-11-20T10:00:00.5+02:00',
    });

    it('are taken in structured mode, extensions becoming metadata', async () => {
      const id = unique('ce');
      const answer = await post(
        JSON.stringify({ ...attributes(id), datacontenttype: 'application/json', region: 'eu', data: { n: 1 } }),
        { 'content-type': 'Application/CloudEvents+JSON; charset=utf-8' },
      );
      expect(answer).toMatchObject({ status: 202, body: { event_id: id, routes: [route] } });
      const read = await tenant.client.get(`${answer.body.links.self}?include=payload`);
      expect(read.body).toMatchObject({
        source: '/shop/eu',
        subject: 'order/7',
        occurred_at: '2026-11-20T08:00:00.500Z',
        metadata: { region: 'eu' },
        payload: { n: 1 },
      });
    });

    it('are taken in binary mode, with percent-encoded headers', async () => {
      const id = unique('ce');
      const answer = await post('{"n": 1.50}', {
        'ce-specversion': '1.0',
        'ce-id': id,
        'ce-type': 'order.created',
        'ce-source': '/shop/%C3%A9',
        'ce-region': 'eu',
      });
      expect(answer).toMatchObject({ status: 202, body: { event_id: id } });
      const read = await tenant.client.get(`${answer.body.links.self}?include=payload`);
      expect(read.body).toMatchObject({ source: '/shop/é', metadata: { region: 'eu' } });
      expect(read.text).toContain('"payload":{"n": 1.50}');
    });

    it('are one event in either mode and in the hub’s own form', async () => {
      const id = unique('ce');
      const own = await post({ event_id: id, type: 'order.created', data: { n: 1 } });
      const structured = await post(JSON.stringify({ ...attributes(id), data: { n: 1 } }), {
        'content-type': 'application/cloudevents+json',
      });
      expect([own.status, structured.status]).toEqual([202, 200]);
      expect(structured.body.tracking_id).toBe(own.body.tracking_id);
    });

    it('are refused with a pointer into the form they came in', async () => {
      const structured = await post(JSON.stringify({ ...attributes('x'), specversion: '0.3', data: [] }), {
        'content-type': 'application/cloudevents+json',
      });
      expect(faultsOf(expectProblem(structured, 400, 'invalid_request'))).toEqual(
        expect.arrayContaining([expect.stringMatching(/^\/specversion /), expect.stringMatching(/^\/data /)]),
      );
      const binary = await post('{}', { 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-type': 'order.created' });
      expect(faultsOf(expectProblem(binary, 400, 'invalid_request'))).toEqual(['#header/ce-source required']);
      const broken = await post('{}', { 'ce-specversion': '1.0', 'ce-id': '%E9', 'ce-type': 'a.b', 'ce-source': 's' });
      expect(faultsOf(expectProblem(broken, 400, 'invalid_request'))).toEqual(['#header/ce-id invalid_encoding']);
    });
  });

  describe('batches', () => {
    const batch = (events: unknown[], query = '', client = tenant.client) =>
      client.post<BatchAnswer>(`/v1/events/batch${query}`, { events });
    const exists = async (id: string): Promise<boolean> => {
      const page = await tenant.client.demand<{ data: unknown[] }>('GET', `/v1/events?event_id=${id}`);
      return page.data.length > 0;
    };

    it('keep the good ones and answer for each in order', async () => {
      const [good, other, repeated] = [unique('b'), unique('b'), unique('b')];
      await post(bodyOf(repeated));
      const answer = await batch([
        bodyOf(good),
        { event_id: 'bad', type: 'not a type', data: {}, surprise: 1 },
        bodyOf(repeated),
        bodyOf(repeated, { n: 2 }),
        'no object',
        bodyOf(other),
        bodyOf(good),
      ]);
      expect(answer.status).toBe(202);
      expect(answer.body.results.map(({ index, status, event_id: id }) => [index, status, id])).toEqual([
        [0, 'accepted', good],
        [1, 'rejected', 'bad'],
        [2, 'duplicate', repeated],
        [3, 'rejected', repeated],
        [4, 'rejected', null],
        [5, 'accepted', other],
        [6, 'duplicate', good],
      ]);
      const [first, bad, , reused, , , twin] = answer.body.results;
      expect(bad?.error?.errors.map(({ pointer }) => pointer).sort()).toEqual(['/events/1/surprise', '/events/1/type']);
      expect(reused?.error).toMatchObject({ code: 'event_id_reused', errors: [{ pointer: '/events/3/event_id' }] });
      expect(twin?.tracking_id).toBe(first?.tracking_id);
      expect(await Promise.all([good, other].map(exists))).toEqual([true, true]);
    });

    it('keep all or none when atomic', async () => {
      const [good, used] = [unique('b'), unique('b')];
      await post(bodyOf(used));
      const malformed = await batch(
        [bodyOf(good), { type: 'x' }, { event_id: 'y', type: 'a.b', data: 1 }],
        '?atomic=true',
      );
      expect(faultsOf(expectProblem(malformed, 422, 'batch_refused')).map((fault) => fault.split(' ')[0])).toEqual([
        '/events/1/event_id',
        '/events/1/data',
        '/events/2/data',
      ]);
      const both = await batch(
        [{ type: 'x' }, bodyOf(good), bodyOf(used, { n: 3 }), bodyOf(good, { n: 2 })],
        '?atomic=true',
      );
      expect(faultsOf(expectProblem(both, 422, 'batch_refused'))).toEqual([
        '/events/0/event_id required',
        '/events/0/data required',
        '/events/2/event_id event_id_reused',
        '/events/3/event_id event_id_reused',
      ]);
      const reused = await batch([bodyOf(good), bodyOf(used, { n: 3 })], '?atomic=true');
      expect(faultsOf(expectProblem(reused, 422, 'batch_refused'))).toEqual(['/events/1/event_id event_id_reused']);
      expect(await exists(good)).toBe(false);
      expect(
        (await batch([bodyOf(good), bodyOf(used)], '?atomic=true')).body.results.map(({ status }) => status),
      ).toEqual(['accepted', 'duplicate']);
      expect(await exists(good)).toBe(true);
    });

    it('are checked and not kept when that is all that is asked', async () => {
      const id = unique('b');
      const answer = await batch([bodyOf(id), {}], '?validate_only=true');
      expect(answer.status).toBe(202);
      expect(answer.body.results).toMatchObject([
        { status: 'accepted', tracking_id: null },
        { status: 'rejected', error: { code: 'invalid_request' } },
      ]);
      expect(await exists(id)).toBe(false);
    });

    it('are told of repeats as they would be in earnest when they are only checked', async () => {
      const [used, twin] = [unique('b'), unique('b')];
      const first = await post(bodyOf(used));
      const events = [
        bodyOf(used),
        bodyOf(used, { n: 2 }),
        { event_id: twin },
        bodyOf(twin),
        bodyOf(twin),
        bodyOf(twin, { n: 2 }),
      ];
      const checked = await batch(events, '?validate_only=true');
      const outcomes = (answer: typeof checked): unknown[] =>
        answer.body.results.map(({ status, error }) => [status, error?.code]);
      expect(outcomes(checked)).toEqual([
        ['duplicate', undefined],
        ['rejected', 'event_id_reused'],
        ['rejected', 'invalid_request'],
        ['accepted', undefined],
        ['duplicate', undefined],
        ['rejected', 'event_id_reused'],
      ]);
      const known = first.body.tracking_id;
      expect(checked.body.results.map((result) => result.tracking_id)).toEqual([known, known, null, null, null, null]);
      const atomic = await batch([bodyOf(used), bodyOf(used, { n: 2 })], '?validate_only=true&atomic=true');
      expect(faultsOf(expectProblem(atomic, 422, 'batch_refused'))).toEqual(['/events/1/event_id event_id_reused']);
      expect(await exists(twin)).toBe(false);
      expect(outcomes(await batch(events))).toEqual(outcomes(checked));
    });

    it('hold 1 to 1,000 events', async () => {
      const many = Array.from({ length: 1_000 }, (_, index) => bodyOf(unique(`m${index}`)));
      const full = await batch(many);
      expect(full.status).toBe(202);
      expect(new Set(full.body.results.map(({ status }) => status))).toEqual(new Set(['accepted']));
      for (const wrong of [[...many, bodyOf('one-more')], []]) {
        const refused = await batch(wrong);
        expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual([
          expect.stringMatching(/^\/events too_/),
        ]);
      }
      expect(await exists('one-more')).toBe(false);
    }, 30_000);

    it('are refused whole when they are larger than what the limit leaves', async () => {
      const small = await hub.newTenant({ tier: 'free' });
      const ids = Array.from({ length: 150 }, () => unique('b'));
      const first = await batch(
        ids.slice(0, 60).map((id) => bodyOf(id)),
        '',
        small.client,
      );
      expect(first.status).toBe(202);
      const large = await batch(
        ids.map((id) => bodyOf(id)),
        '',
        small.client,
      );
      expectProblem(large, 429, 'rate_limited');
      expect(Number(large.headers.get('retry-after'))).toBeGreaterThan(0);
      const kept = await small.client.demand<{ data: unknown[] }>('GET', '/v1/events?limit=200');
      expect(kept.data).toHaveLength(60);
      // What was refused took nothing: as much as was left still goes in.
      expect(
        (
          await batch(
            ids.slice(60, 150).map((id) => bodyOf(id)),
            '',
            small.client,
          )
        ).status,
      ).toBe(202);
    });

    it('are told so when no wait could ever admit them, and leave room for as many as they are told may come', async () => {
      const small = await hub.newTenant({ tier: 'free' });
      const events = Array.from({ length: 201 }, () => bodyOf(unique('b')));
      const refused = await batch(events, '', small.client);
      expect(expectProblem(refused, 422, 'batch_exceeds_limit')).toMatchObject({ most_events: 200 });
      expect(refused.headers.get('retry-after')).toBeNull();
      expect(refused.headers.get('ratelimit')).toMatch(/^"api";r=/);
      expect((await batch(events.slice(0, 200), '', small.client)).status).toBe(202);
    });

    it('keep each payload byte for byte', async () => {
      const id = unique('b');
      const data = '{ "v" : 1.00,"w":"\\u0041" }';
      const text = `{"events":[{"event_id":"${id}","type":"order.created","data":${data}}]}`;
      const answer = await tenant.client.post<BatchAnswer>('/v1/events/batch', text);
      const read = await tenant.client.get(`/v1/events/${answer.body.results[0]?.tracking_id}?include=payload`);
      expect(read.text).toContain(`"payload":${data}`);
    });
  });
});
