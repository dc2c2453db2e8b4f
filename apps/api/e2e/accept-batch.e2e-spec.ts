import { orderOf, stageOrders } from '../../../test/support/order-stage';
import { expectProblem, faultsOf } from '../../../test/support/problems';
import { unique } from '../../../test/support/staged-hub';

interface BatchAnswer {
  results: {
    index: number;
    event_id: string | null;
    tracking_id: string | null;
    status: string;
    error?: { code: string; errors: { pointer: string }[] };
  }[];
}

describe('batches of events', () => {
  const orders = stageOrders();
  const post = (body: unknown) => orders.tenant.client.post<{ tracking_id: string }>('/v1/events', body);
  const batch = (events: unknown[], query = '', client = orders.tenant.client) =>
    client.post<BatchAnswer>(`/v1/events/batch${query}`, { events });
  const exists = async (id: string): Promise<boolean> => {
    const page = await orders.tenant.client.demand<{ data: unknown[] }>('GET', `/v1/events?event_id=${id}`);
    return page.data.length > 0;
  };

  it('keep the good ones and answer for each in order', async () => {
    const [good, other, repeated] = [unique('b'), unique('b'), unique('b')];
    await post(orderOf(repeated));
    const answer = await batch([
      orderOf(good),
      { event_id: 'bad', type: 'not a type', data: {}, surprise: 1 },
      orderOf(repeated),
      orderOf(repeated, { n: 2 }),
      'no object',
      orderOf(other),
      orderOf(good),
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
    await post(orderOf(used));
    const malformed = await batch(
      [orderOf(good), { type: 'x' }, { event_id: 'y', type: 'a.b', data: 1 }],
      '?atomic=true',
    );
    expect(faultsOf(expectProblem(malformed, 422, 'batch_refused')).map((fault) => fault.split(' ')[0])).toEqual([
      '/events/1/event_id',
      '/events/1/data',
      '/events/2/data',
    ]);
    const both = await batch(
      [{ type: 'x' }, orderOf(good), orderOf(used, { n: 3 }), orderOf(good, { n: 2 })],
      '?atomic=true',
    );
    expect(faultsOf(expectProblem(both, 422, 'batch_refused'))).toEqual([
      '/events/0/event_id required',
      '/events/0/data required',
      '/events/2/event_id event_id_reused',
      '/events/3/event_id event_id_reused',
    ]);
    const reused = await batch([orderOf(good), orderOf(used, { n: 3 })], '?atomic=true');
    expect(faultsOf(expectProblem(reused, 422, 'batch_refused'))).toEqual(['/events/1/event_id event_id_reused']);
    expect(await exists(good)).toBe(false);
    expect(
      (await batch([orderOf(good), orderOf(used)], '?atomic=true')).body.results.map(({ status }) => status),
    ).toEqual(['accepted', 'duplicate']);
    expect(await exists(good)).toBe(true);
  });

  it('are checked and not kept when that is all that is asked', async () => {
    const id = unique('b');
    const answer = await batch([orderOf(id), {}], '?validate_only=true');
    expect(answer.status).toBe(202);
    expect(answer.body.results).toMatchObject([
      { status: 'accepted', tracking_id: null },
      { status: 'rejected', error: { code: 'invalid_request' } },
    ]);
    expect(await exists(id)).toBe(false);
  });

  it('are told of repeats as they would be in earnest when they are only checked', async () => {
    const [used, twin] = [unique('b'), unique('b')];
    const first = await post(orderOf(used));
    const events = [
      orderOf(used),
      orderOf(used, { n: 2 }),
      { event_id: twin },
      orderOf(twin),
      orderOf(twin),
      orderOf(twin, { n: 2 }),
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
    const atomic = await batch([orderOf(used), orderOf(used, { n: 2 })], '?validate_only=true&atomic=true');
    expect(faultsOf(expectProblem(atomic, 422, 'batch_refused'))).toEqual(['/events/1/event_id event_id_reused']);
    expect(await exists(twin)).toBe(false);
    expect(outcomes(await batch(events))).toEqual(outcomes(checked));
  });

  it('hold 1 to 1,000 events', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => orderOf(unique(`m${index}`)));
    const full = await batch(many);
    expect(full.status).toBe(202);
    expect(new Set(full.body.results.map(({ status }) => status))).toEqual(new Set(['accepted']));
    for (const wrong of [[...many, orderOf('one-more')], []]) {
      const refused = await batch(wrong);
      expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual([
        expect.stringMatching(/^\/events too_/),
      ]);
    }
    expect(await exists('one-more')).toBe(false);
  }, 30_000);

  it('are refused whole when they are larger than what the limit leaves', async () => {
    const small = await orders.hub.newTenant({ tier: 'free' });
    const ids = Array.from({ length: 150 }, () => unique('b'));
    const first = await batch(
      ids.slice(0, 60).map((id) => orderOf(id)),
      '',
      small.client,
    );
    expect(first.status).toBe(202);
    const large = await batch(
      ids.map((id) => orderOf(id)),
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
          ids.slice(60, 150).map((id) => orderOf(id)),
          '',
          small.client,
        )
      ).status,
    ).toBe(202);
  });

  it('are told so when no wait could ever admit them, and leave room for as many as they are told may come', async () => {
    const small = await orders.hub.newTenant({ tier: 'free' });
    const events = Array.from({ length: 201 }, () => orderOf(unique('b')));
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
    const answer = await orders.tenant.client.post<BatchAnswer>('/v1/events/batch', text);
    const read = await orders.tenant.client.get(`/v1/events/${answer.body.results[0]?.tracking_id}?include=payload`);
    expect(read.text).toContain(`"payload":${data}`);
  });
});
