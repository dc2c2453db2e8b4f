import { newUuid, toPublicId } from '@hub/platform';
import { waitUntil, type HubAnswer } from '@hub/testing';
import {
  accept,
  addMapping,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type DeliveryView,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { expectProblem, faultsOf } from '../../../test/support/problems';

interface Page<T> {
  data: T[];
  next_cursor: string | null;
}
type Summary = { tracking_id: string; event_id: string; type: string; status: string };

interface Attempt {
  number: number;
  outcome: string;
  category: string | null;
  code: string | null;
  http_status: number | null;
  duration_ms: number;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: { status: number; body: string } | null;
}
type DeliveryDetail = DeliveryView & {
  attempt_list: Attempt[];
  mapped_payload: unknown;
  mapping_version: number | null;
};

interface Activity {
  hours: { delivery: Durations | null; call: Durations | null }[];
  connections: {
    connection_id: string;
    hours: { delivered: number; failed: number; picked_up: number }[];
    last_success_at: string | null;
  }[];
}
type Durations = { count: number; p50_ms: number; p95_ms: number };

describe('reading events and deliveries', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let other: StagedTenant;
  let connection: { id: string; sink: string };
  let route: string;

  beforeAll(async () => {
    hub = await stageHub();
    [tenant, other] = [await hub.newTenant(), await hub.newTenant()];
    connection = await connectSink(hub, tenant);
    route = await addRoute(tenant, { event_type: 'order.*', connection_id: connection.id });
  }, 120_000);
  afterAll(() => hub?.stop());

  const list = <T = Summary>(path: string): Promise<Page<T>> => tenant.client.demand<Page<T>>('GET', path);

  describe('lists of events', () => {
    const subject = unique('subject');
    let ids: string[];
    beforeAll(async () => {
      ids = [];
      for (let n = 0; n < 7; n++) {
        const type = n === 0 ? 'stray.event' : n % 2 === 0 ? 'order.created' : 'order.changed';
        ids.unshift(
          await accept(tenant.client, {
            event_id: unique(`list-${n}`),
            type,
            subject,
            source: `src-${n}`,
            data: { needle: `hay${n}` },
          }),
        );
      }
      await Promise.all(ids.map((id) => eventWhen(tenant.client, id, settled)));
    });
    const idsOf = async (query: string): Promise<string[]> =>
      (await list(`/v1/events?subject=${subject}&${query}`)).data.map((event) => event.tracking_id);

    it('are newest first, and pages neither leave out nor repeat', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Page<Summary> = await list(
          `/v1/events?subject=${subject}&limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
        );
        seen.push(...page.data.map((event) => event.tracking_id));
        // What comes in meanwhile is newer than where the reader is.
        await accept(tenant.client, { type: 'order.created', subject });
        cursor = page.next_cursor;
        pages++;
      } while (cursor !== null);
      expect(seen).toEqual(ids);
      expect(pages).toBe(3);
    });

    it('take every filter that is documented', async () => {
      const [last, , third] = ids as [string, string, string];
      expect(await idsOf('type=stray.event')).toEqual([ids[6]]);
      expect(await idsOf('status=unrouted')).toEqual([ids[6]]);
      expect(await idsOf('source=src-4')).toEqual([third]);
      expect(await idsOf('q=HAY6')).toEqual([last]);
      expect(await idsOf(`q=${third}`)).toEqual([third]);
      expect((await idsOf(`connection_id=${connection.id}&source=src-5`)).length).toBe(1);
      expect(await idsOf(`connection_id=${toPublicId('connection', newUuid())}`)).toEqual([]);
      const event = (await list(`/v1/events?source=src-2`)).data[0];
      expect((await list(`/v1/events?event_id=${event?.event_id}`)).data.map((found) => found.tracking_id)).toEqual([
        ids[4],
      ]);
      const [later, earlier] = ['2999-01-01T00:00:00Z', '2020-01-01T00:00:00%2B02:00'];
      expect(await idsOf(`from=${later}`)).toEqual([]);
      expect(await idsOf(`to=${earlier}`)).toEqual([]);
      expect((await idsOf(`from=${earlier}&to=${later}&source=src-1`)).length).toBe(1);
    });

    it('find an event by the id of its delivery', async () => {
      const event = await eventWhen(tenant.client, ids[1] as string, settled);
      expect(await idsOf(`q=${event.deliveries[0]?.id}`)).toEqual([ids[1]]);
    });

    it('find the events of a request by what the answer was headed with, also for who reads no payloads', async () => {
      const send = (headers: Record<string, string> = {}): Promise<HubAnswer<{ tracking_id: string }>> =>
        tenant.client.post('/v1/events', { event_id: unique('asked'), type: 'stray.event', data: {} }, headers);
      const made = await send();
      const own = await send({ 'x-request-id': unique('theirs') });
      const wanted = { name: 'blind', environment: 'test', scopes: ['events:read'] };
      const reader = hub.client((await tenant.client.demand<{ key: string }>('POST', '/v1/api-keys', wanted)).key);
      const found = async (query: string): Promise<string[]> =>
        (await reader.demand<Page<Summary>>('GET', `/v1/events?${query}`)).data.map((event) => event.tracking_id);
      const [madeId, ownId] = [made, own].map(({ headers }) => headers.get('x-request-id'));
      expect(madeId).toMatch(/^req_/);
      expect(await found(`request_id=${madeId}`)).toEqual([made.body.tracking_id]);
      expect(await found(`q=%20${madeId}`)).toEqual([made.body.tracking_id]);
      expect(await found(`request_id=${ownId}`)).toEqual([own.body.tracking_id]);
      expect(await found(`request_id=${ownId}&q=${madeId}`).catch(({ message }: Error) => message)).toMatch(
        /missing_scope/,
      );
    });

    it.each([
      ['an unknown filter', 'colour=red', '#query/colour unknown_field'],
      ['an unknown status', 'status=done', '#query/status invalid_value'],
      ['a page too large', 'limit=201', '#query/limit too_big'],
      ['a page of nothing', 'limit=0', '#query/limit too_small'],
      ['a moment that is none', 'from=yesterday', '#query/from invalid_format'],
      ['an id of another kind', 'connection_id=rte_01k9g8xv7hf2p9w3c5q6r7s8t9', '#query/connection_id custom'],
      ['a cursor that is none', 'cursor=abc', '#query/cursor invalid_cursor'],
      ['a forged cursor', `cursor=${Buffer.from("' or 1=1 --").toString('base64url')}`, '#query/cursor invalid_cursor'],
    ])('refuse %s', async (_what, query, fault) => {
      const answer = await tenant.client.get(`/v1/events?${query}`);
      expect(faultsOf(expectProblem(answer, 400, 'invalid_request'))).toContain(fault);
    });

    it('show a tenant nothing of another, whatever cursor is used', async () => {
      const page = await list(`/v1/events?limit=1`);
      const stolen = await other.client.demand<Page<Summary>>('GET', `/v1/events?cursor=${page.next_cursor}`);
      expect(stolen).toEqual({ data: [], next_cursor: null, searched_back_to: null });
    });
  });

  describe('the timeline', () => {
    it('tells the whole story in order, with why a route did not match', async () => {
      const filtered = await addRoute(tenant, {
        event_type: 'order.*',
        connection_id: connection.id,
        filter: 'n > 10',
      });
      const mapping = await addMapping(tenant, '{ "n": n }');
      const mapped = await addRoute(tenant, {
        event_type: 'order.told',
        connection_id: connection.id,
        mapping_id: mapping,
      });
      const foreign = await addRoute(tenant, { event_type: 'invoice.*', connection_id: connection.id });
      // For up to a second after a route is made, its filter is left to the worker.
      const id = await waitUntil('the filter to be decided at once', async () => {
        const event = { event_id: unique('told'), type: 'order.told', data: { n: 1 } };
        const answer = await tenant.client.post<{ tracking_id: string; routes: string[] }>('/v1/events', event);
        return answer.body.routes.includes(filtered) ? null : answer.body.tracking_id;
      });
      await eventWhen(tenant.client, id, settled);
      const { data } = await list<{ at: string; kind: string; message: string; route_id: string | null }>(
        `/v1/events/${id}/timeline`,
      );
      expect(data[0]).toMatchObject({
        kind: 'accepted',
        message: expect.stringMatching(/with the key ".+" \(\w{8}…\)/),
      });
      expect(data.map(({ at }) => at)).toEqual([...data.map(({ at }) => at)].sort());
      const said = (kind: string, of: string): string | undefined =>
        data.find((entry) => entry.kind === kind && entry.route_id === of)?.message;
      expect(said('route_matched', route)).toContain('matched');
      expect(said('route_not_matched', filtered)).toContain('its filter said no: n > 10');
      expect(said('route_not_matched', foreign)).toContain('does not cover order.told');
      expect(said('mapped', mapped)).toContain('version 1');
      expect(data.filter(({ kind }) => kind === 'attempt_succeeded')).toHaveLength(2);
      expect(data.at(-1)).toMatchObject({ kind: 'settled', message: 'Delivered.' });
      await tenant.client.demand('PATCH', `/v1/routes/${filtered}`, { filter: 'n < 10' });
      await tenant.client.demand('DELETE', `/v1/routes/${foreign}`);
      const later = await list<{ message: string; route_id: string | null }>(`/v1/events/${id}/timeline`);
      for (const changed of [filtered, foreign])
        expect(later.data.find((entry) => entry.route_id === changed)?.message).toMatch(
          /did not match: it was changed or deleted after the event came; what it said then is not kept\.$/,
        );
      for (const gone of [filtered, mapped]) await tenant.client.demand('DELETE', `/v1/routes/${gone}`);
    });
  });

  describe('a delivery', () => {
    const secret = 'sekrit-token-0123456789';

    it('shows every attempt as it was sent and answered, without secrets', async () => {
      const http = await connectSink(hub, tenant, { auth: { kind: 'bearer' } }, { token: secret });
      const mapping = await addMapping(tenant, '{ "number": $string(n) }');
      await addRoute(tenant, {
        event_type: 'shown.*',
        connection_id: http.id,
        mapping_id: mapping,
        retry: { delays_seconds: [1] },
      });
      await hub.sandbox.behave(http.sink, [
        { kind: 'respond', status: 503, body: `{"why":"token ${secret} is busy"}`, times: 1 },
      ]);
      const id = await accept(tenant.client, { type: 'shown.once', data: { n: 7 } });
      const delivery = await deliveryWhen(tenant.client, id, ({ status }) => status === 'succeeded');
      const answer = await tenant.client.get<DeliveryDetail>(`/v1/deliveries/${delivery.id}`);
      expect(answer.body).toMatchObject({
        status: 'succeeded',
        attempts: 2,
        mapping_version: 1,
        mapped_payload: { number: '7' },
      });
      const [failed, succeeded] = answer.body.attempt_list as [Attempt, Attempt];
      expect(failed).toMatchObject({ number: 1, outcome: 'failed', category: 'transient', http_status: 503 });
      expect(succeeded).toMatchObject({ number: 2, outcome: 'succeeded', category: null });
      expect(succeeded.request).toMatchObject({
        method: 'POST',
        url: hub.sandbox.sinkUrl(http.sink),
        body: '{"number":"7"}',
      });
      expect(answer.text).not.toContain(secret);
      expect(failed.response?.body).toContain('[redacted]');
      const { requests } = await hub.sandbox.sink(http.sink);
      expect(requests.map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${secret}`, `Bearer ${secret}`]);
      const story = await list<{ kind: string }>(`/v1/events/${id}/timeline`);
      const kinds = story.data
        .map(({ kind }) => kind)
        .filter((kind) => kind === 'mapped' || kind.startsWith('attempt'));
      expect(kinds).toEqual(['attempt_failed', 'mapped', 'attempt_succeeded']);
      // A repeat must be recognisable to the receiver.
      expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    });

    it('is listed among the dead with its reason, and is taken up again when the cause is mended', async () => {
      const http = await connectSink(hub, tenant);
      await addRoute(tenant, { event_type: 'mended.*', connection_id: http.id });
      await hub.sandbox.behave(http.sink, [{ kind: 'respond', status: 422, body: '{"error":"no such customer"}' }]);
      const id = await accept(tenant.client, { type: 'mended.later' });
      const event = await eventWhen(tenant.client, id, settled);
      expect(event).toMatchObject({
        status: 'failed',
        deliveries: [{ status: 'dead', reason: 'permanent_failure', attempts: 1 }],
      });
      const delivery = event.deliveries[0] as DeliveryView;
      expect(delivery.last_error).toMatchObject({ category: 'validation' });
      const dead = await list<DeliveryView>(
        `/v1/deliveries?status=dead&connection_id=${http.id}&category=validation&tracking_id=${id}`,
      );
      expect(dead.data.map((found) => found.id)).toEqual([delivery.id]);
      expect((await list<DeliveryView>(`/v1/deliveries?status=dead&connection_id=${connection.id}`)).data).toEqual([]);

      await hub.sandbox.behave(http.sink, []);
      const retried = await tenant.client.post<DeliveryView>(`/v1/deliveries/${delivery.id}/retry`);
      expect(retried).toMatchObject({ status: 200, body: { id: delivery.id, attempts: 0 } });
      expect((await eventWhen(tenant.client, id, ({ status }) => status === 'succeeded')).deliveries).toHaveLength(1);
      expectProblem(await tenant.client.post(`/v1/deliveries/${delivery.id}/retry`), 409, 'wrong_status');
      expectProblem(await tenant.client.post(`/v1/deliveries/${delivery.id}/cancel`), 409, 'wrong_status');
      const { data } = await list<{ kind: string }>(`/v1/events/${id}/timeline`);
      expect(data.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['attempt_failed', 'changed_by_user', 'attempt_succeeded']),
      );
    });

    it('that waits can be cancelled, and is not sent', async () => {
      const http = await connectSink(hub, tenant);
      await addRoute(tenant, { event_type: 'waits.*', connection_id: http.id, retry: { delays_seconds: [3_600] } });
      await hub.sandbox.behave(http.sink, [{ kind: 'respond', status: 500, times: 1 }]);
      const id = await accept(tenant.client, { type: 'waits.long' });
      const waiting = await deliveryWhen(tenant.client, id, ({ status }) => status === 'retrying');
      const inAnHour = Date.parse(waiting.next_attempt_at ?? '') - Date.now();
      expect(inAnHour).toBeGreaterThan(3_000_000);
      expect(inAnHour).toBeLessThan(4_000_000);
      const cancelled = await tenant.client.post<DeliveryView>(`/v1/deliveries/${waiting.id}/cancel`);
      expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', reason: 'cancelled_by_user' } });
      expect((await eventWhen(tenant.client, id, settled)).status).toBe('failed');
      expect((await hub.sandbox.sink(http.sink)).total).toBe(1);
    });

    it.each([
      ['GET', ''],
      ['POST', '/retry'],
      ['POST', '/cancel'],
    ])('of another tenant is as unknown to %s%s as one that never was', async (method, action) => {
      const id = await accept(tenant.client, { type: 'order.created' });
      const { deliveries } = await eventWhen(tenant.client, id, settled);
      for (const path of [deliveries[0]?.id, toPublicId('delivery', newUuid()), 'dlv_nonsense', id]) {
        expectProblem(await other.client.send(method, `/v1/deliveries/${path}${action}`), 404, 'not_found');
      }
    });
  });

  // The last of all: figures are written every ten seconds, which the others take anyway.
  it('tells what the connections did within the last day, and how long it took', async () => {
    const activity = await waitUntil('the figures', async () => {
      const found = await tenant.client.demand<Activity>('GET', '/v1/activity');
      return found.hours.at(-1)?.delivery == null && found.hours.at(-2)?.delivery == null ? null : found;
    });
    expect(activity.hours).toHaveLength(24);
    const timed = activity.hours.findLast(({ delivery }) => delivery !== null);
    for (const figure of [timed?.delivery, timed?.call]) {
      expect(figure?.count).toBeGreaterThan(0);
      expect(figure?.p95_ms).toBeGreaterThanOrEqual(figure?.p50_ms ?? 0);
    }
    const own = activity.connections.find(({ connection_id: of }) => of === connection.id);
    expect(own?.hours).toHaveLength(24);
    expect(own?.hours.reduce((sum, { delivered }) => sum + delivered, 0)).toBeGreaterThan(0);
    expect(own).toMatchObject({ ends: null, freshness: null, limits: [], renews: false });
    expect(own?.last_success_at).not.toBeNull();
  });
});
