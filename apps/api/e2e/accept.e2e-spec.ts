import { randomBytes } from 'node:crypto';
import { orderOf, stageOrders } from '../../../test/support/order-stage';
import { expectProblem, faultsOf, type ProblemBody } from '../../../test/support/problems';
import { eventWhen, settled, unique } from '../../../test/support/staged-hub';

interface Accepted {
  tracking_id: string;
  event_id: string;
  status: string;
  duplicate: boolean;
  received_at: string;
  routes: string[];
  links: { self: string };
}

describe('accepting events', () => {
  const orders = stageOrders();
  const post = (body: unknown, headers?: Record<string, string>) =>
    orders.tenant.client.post<Accepted>('/v1/events', body, headers);

  describe('one event', () => {
    it('answers 202 with where it can be followed, once it is stored', async () => {
      const id = unique('e');
      const answer = await post(orderOf(id));
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual({
        tracking_id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
        event_id: id,
        status: 'pending',
        duplicate: false,
        received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        routes: [orders.route],
        links: { self: `/v1/events/${answer.body.tracking_id}` },
      });
      expect(answer.headers.get('location')).toBe(answer.body.links.self);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const stored = await orders.tenant.client.get(answer.body.links.self);
      expect(stored).toMatchObject({ status: 200, body: { tracking_id: answer.body.tracking_id, event_id: id } });
    });

    it('says what is left of the limit, as structured fields', async () => {
      const answer = await post(orderOf(unique('e')));
      expect(answer.headers.get('ratelimit-policy')).toBe('"sustained";q=10000;w=60, "burst";q=20000;w=60');
      expect(answer.headers.get('ratelimit')).toMatch(/^"burst";r=\d+;t=\d+$/);
    });

    it('keeps a sane request id and replaces any other', async () => {
      const kept = await post(orderOf(unique('e')), { 'x-request-id': 'caller:42' });
      expect(kept.headers.get('x-request-id')).toBe('caller:42');
      const stored = await orders.tenant.client.get<{ request_id: string }>(kept.body.links.self);
      expect(stored.body.request_id).toBe('caller:42');
      for (const insane of ['', 'a b', 'x'.repeat(129), '"><script>']) {
        const replaced = await post(orderOf(unique('e')), { 'x-request-id': insane });
        expect(replaced.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
      }
    });

    it('carries the trace of the caller through the queue to the receiving system', async () => {
      const traceId = randomBytes(16).toString('hex');
      const answer = await post(orderOf(unique('e'), { trace: traceId }), {
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      });
      await eventWhen(orders.tenant.client, answer.body.tracking_id, settled);
      const { requests } = await orders.hub.sandbox.sink(orders.sink);
      const arrived = requests.find(({ body }) => body.includes(traceId));
      expect(arrived?.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    });

    it('keeps an event that no route wants, and says so', async () => {
      const answer = await post({ event_id: unique('e'), type: 'nobody.cares', data: {} });
      expect(answer).toMatchObject({ status: 202, body: { status: 'unrouted', routes: [] } });
      expect((await eventWhen(orders.tenant.client, answer.body.tracking_id, settled)).status).toBe('unrouted');
    });

    it('gives the payload back, and on, byte for byte', async () => {
      const data = `{"z":1.0, "a" : 1e2,\n "big":12345678901234567890.10,"u":"\\u00e9é\\/","dup":{"b":[ ],"é":null}}`;
      const answer = await post(`{"event_id":"${unique('e')}","type":"order.created", "data" : ${data} ,"source":"s"}`);
      expect(answer.status).toBe(202);
      await eventWhen(orders.tenant.client, answer.body.tracking_id, settled);
      const read = await orders.tenant.client.get(`${answer.body.links.self}?include=payload`);
      expect(read.text).toContain(`"payload":${data}`);
      expect((await orders.tenant.client.get(answer.body.links.self)).text).not.toContain('12345678901234567890.10');
      const { requests } = await orders.hub.sandbox.sink(orders.sink);
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
      await eventWhen(orders.tenant.client, first.body.tracking_id, settled);
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
      const first = await post(orderOf(id));
      const reused = await post({ ...orderOf(id), ...change });
      const problem = expectProblem(reused, 422, 'event_id_reused');
      expect(faultsOf(problem)).toEqual(['/event_id event_id_reused']);
      expect(problem.detail).toContain(first.body.tracking_id);
      expect(problem).toMatchObject({ tracking_id: first.body.tracking_id });
    });

    it('answers 422 when a number is another, however little a double tells them apart', async () => {
      const id = unique('e');
      const sent = (number: string) => post(`{"event_id":"${id}","type":"order.created","data":{"n":${number}}}`);
      expect((await sent('12345678901234567')).status).toBe(202);
      expectProblem(await sent('12345678901234568'), 422, 'event_id_reused');
      expect(await sent('1.2345678901234567e16')).toMatchObject({ status: 200, body: { duplicate: true } });
    });

    it.each(['1e400', '-1E+400', '[1e-400]'])('knows %s again, which no double holds', async (number) => {
      const body = `{"event_id":"${unique('e')}","type":"nobody.cares","data":{"n":${number}}}`;
      expect((await post(body)).status).toBe(202);
      expect(await post(body)).toMatchObject({ status: 200, body: { duplicate: true } });
      const checked = await orders.tenant.client.post('/v1/events/batch?validate_only=true', `{"events":[${body}]}`);
      expect(checked).toMatchObject({ status: 202, body: { results: [{ status: 'duplicate' }] } });
    });

    it('refuses a number in the metadata that would come back as another one', async () => {
      const body = `{"event_id":"","type":"nobody.cares","data":{"n":1e400},"metadata":{"of":[1,1e400]}}`;
      const faults = faultsOf(expectProblem(await post(body), 400, 'invalid_request'));
      expect(faults).toEqual(['/event_id too_small', '/metadata/of/1 out_of_range']);
      const many = body.replace('1,1e400', Array(100).fill('1e400').join());
      const batch = await orders.tenant.client.post<{ results: { error?: ProblemBody }[] }>(
        '/v1/events/batch',
        `{"events":[${body},${many}]}`,
      );
      const told = batch.body.results.map(({ error }) => (error === undefined ? [] : faultsOf(error)));
      expect(told[0]).toEqual(['/events/0/event_id too_small', '/events/0/metadata/of/1 out_of_range']);
      expect(told[1]).toHaveLength(11);
      expect(told[1]?.slice(-2)).toEqual(['/events/1/metadata/of/8 out_of_range', '/events/1 more_faults']);
    });

    it('lets one of 1,000 concurrent copies in, and delivers it once', async () => {
      const marker = unique('storm');
      const copies = await Promise.all(Array.from({ length: 1_000 }, () => post(orderOf(marker, { marker }))));
      const statuses = new Map<number, number>();
      for (const { status } of copies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(Object.fromEntries(statuses)).toEqual({ 200: 999, 202: 1 });
      const ids = new Set(copies.map(({ body }) => body.tracking_id));
      expect(ids.size).toBe(1);
      const event = await eventWhen(orders.tenant.client, [...ids][0] ?? '', settled);
      expect(event).toMatchObject({ status: 'succeeded', deliveries: [{ status: 'succeeded', attempts: 1 }] });
      const { requests } = await orders.hub.sandbox.sink(orders.sink);
      expect(requests.filter(({ body }) => body.includes(marker))).toHaveLength(1);
    }, 60_000);

    it('knows an event of another tenant from none at all', async () => {
      const id = unique('e');
      const other = await orders.hub.newTenant();
      expect((await post(orderOf(id))).status).toBe(202);
      expect((await other.client.post('/v1/events', orderOf(id, { other: true }))).status).toBe(202);
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
      expect(answer).toMatchObject({ status: 202, body: { event_id: id, routes: [orders.route] } });
      const read = await orders.tenant.client.get(`${answer.body.links.self}?include=payload`);
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
      const read = await orders.tenant.client.get(`${answer.body.links.self}?include=payload`);
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

    it('are refused with such a number in an extension, by everything that is wrong', async () => {
      const structured = await post(
        `{"specversion":"0.3","id":"x","type":"a.b","source":"s","data":{"n":1e400},"no_name":1,"weight":1e400}`,
        { 'content-type': 'application/cloudevents+json' },
      );
      expect(faultsOf(expectProblem(structured, 400, 'invalid_request'))).toEqual([
        '/specversion invalid_value',
        '/no_name unknown_field',
        '/weight out_of_range',
      ]);
      const binary = await post('{"n":1e400}', {
        'ce-specversion': '1.0',
        'ce-id': 'x',
        'ce-type': 'a.b',
        'ce-a_b': 'c',
      });
      expect(faultsOf(expectProblem(binary, 400, 'invalid_request'))).toEqual([
        '#header/ce-source required',
        '#header/ce-a_b unknown_field',
      ]);
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
});
