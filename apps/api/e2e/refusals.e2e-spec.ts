import { type IncomingHttpHeaders } from 'node:http';
import { issueKey } from '@hub/tenancy';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

/** As the hub has it: failures of one address in a minute. */
const FAILURES_A_MINUTE = 300;

describe('what is refused', () => {
  let api: InProcessApi;
  stageInProcessApi((made) => (api = made));

  const from = (remoteAddress: string) => ({ remoteAddress });
  const fail = async (address: string, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await api.send(null, 'GET', '/v1/me', from(address));
  };
  const codeOf = (answer: { json: <T>() => T }): string => answer.json<{ code: string }>().code;

  describe('for want of a key', () => {
    it('ends the looking up of keys from that address, but not of those that are known to be right', async () => {
      const tenant = await api.newTenant();
      const [known, fresh] = [tenant.key, await api.newKey(tenant.id)];
      expect((await api.send(known, 'GET', '/v1/me', from('10.1.0.1'))).statusCode).toBe(200);
      await fail('10.1.0.1', FAILURES_A_MINUTE);
      const refused = await api.send(fresh, 'GET', '/v1/me', from('10.1.0.1'));
      expect([refused.statusCode, codeOf(refused)]).toEqual([429, 'too_many_failed_requests']);
      expect(refused.headers['retry-after']).toBe('60');
      expect((await api.send(known, 'GET', '/v1/me', from('10.1.0.1'))).statusCode).toBe(200);
      expect((await api.send(fresh, 'GET', '/v1/me', from('10.1.0.2'))).statusCode).toBe(200);
    });

    it('counts made-up keys, and those of operators too', async () => {
      for (let n = 0; n < FAILURES_A_MINUTE; n++)
        await api.send(issueKey('op').key, 'GET', '/admin/v1/tenants', from('10.1.0.3'));
      const answer = await api.send(issueKey('op').key, 'GET', '/admin/v1/tenants', from('10.1.0.3'));
      expect(codeOf(answer)).toBe('too_many_failed_requests');
    });
  });

  it('for want of a scope is counted by address, and billed to nobody', async () => {
    const { id } = await api.newTenant();
    const reader = await api.newKey(id, ['events:read']);
    const send = () => api.send(reader, 'POST', '/v1/mappings', { ...from('10.1.0.4'), payload: {} });
    const answers = [];
    for (let n = 0; n <= FAILURES_A_MINUTE; n++) answers.push(await send());
    expect(answers.slice(0, -1).every(({ statusCode }) => statusCode === 403)).toBe(true);
    expect(answers.some(({ headers }) => 'ratelimit' in headers)).toBe(false);
    expect(codeOf(answers[FAILURES_A_MINUTE]!)).toBe('too_many_failed_requests');
    // Who may, still may.
    expect((await api.send(reader, 'GET', '/v1/events', from('10.1.0.4'))).statusCode).toBe(200);
  });

  it('say beforehand what the next one waits for', async () => {
    const { key } = await api.newTenant(100);
    const event = { type: 'order.created', data: {} };
    const payload = { events: Array.from({ length: 200 }, (_unused, n) => ({ ...event, event_id: `n-${n}` })) };
    const admitted = await api.send(key, 'POST', '/v1/events/batch', { payload });
    expect([admitted.statusCode, admitted.headers['ratelimit']]).toEqual([202, '"burst";r=0;t=61']);
    const refused = await api.send(key, 'POST', '/v1/events', { payload: { ...event, event_id: 'next' } });
    expect(refused.json()).toMatchObject({ code: 'rate_limited', violated_policy: 'burst' });
    expect(refused.headers['ratelimit']).toBe(`"burst";r=0;t=${String(refused.headers['retry-after'])}`);
  });

  describe('before anybody could count what is in it', () => {
    const json = { 'content-type': 'application/json' };
    const left = (headers: IncomingHttpHeaders | Record<string, unknown>): number =>
      Number(/r=(\d+)/.exec(String(headers['ratelimit']))?.[1]);

    it.each<[string, string, number, Record<string, string>, string]>([
      ['half a document', '/v1/events', 400, json, '{'],
      ['half a batch', '/v1/events/batch', 400, json, '{"events":['],
      ['a batch of nothing', '/v1/events/batch', 400, json, '{"events":[]}'],
      ['a batch with an unknown option', '/v1/events/batch?all=1', 400, json, '{"events":[{}]}'],
      ['XML', '/v1/events/batch', 415, { 'content-type': 'text/xml' }, '<events/>'],
      ['more than is taken', '/v1/events/batch', 413, { ...json, 'content-length': '17000000' }, '{'],
      ['more than is taken of one', '/v1/events', 413, json, `{"data":"${'x'.repeat(300_000)}"}`],
    ])('such as %s, it costs one token and says what is left', async (_what, url, status, headers, payload) => {
      const { key } = await api.newTenant(100);
      const first = await api.send(key, 'POST', url, { headers, payload });
      expect(first.statusCode).toBe(status);
      expect(first.headers['ratelimit-policy']).toBe('"sustained";q=100;w=60, "burst";q=200;w=60');
      expect(left(first.headers)).toBe(199);
    });

    it('is refused for the limit once that is used up', async () => {
      const { key } = await api.newTenant(1);
      const send = () => api.send(key, 'POST', '/v1/events/batch', { headers: json, payload: '{' });
      const statuses = [await send(), await send(), await send()].map(({ statusCode }) => statusCode);
      expect(statuses).toEqual([400, 400, 429]);
    });

    it('costs a read where nothing is sent', async () => {
      const { key } = await api.newTenant(100);
      const answer = await api.send(key, 'POST', '/v1/mappings', { headers: json, payload: '{' });
      expect([answer.statusCode, answer.headers['ratelimit-policy']]).toEqual([400, '"api";q=1000;w=60']);
    });

    it('costs nothing where no route is, and carries nothing for strangers', async () => {
      const { key } = await api.newTenant(100);
      const nowhere = await api.send(key, 'POST', '/v1/nowhere', { headers: json, payload: '{}' });
      const stranger = await api.send(null, 'POST', '/v1/events', { headers: json, payload: '{' });
      expect([nowhere.statusCode, stranger.statusCode]).toEqual([404, 401]);
      expect([nowhere, stranger].some(({ headers }) => 'ratelimit' in headers)).toBe(false);
    });

    it('tells a stranger with too large a body only that he has no key', async () => {
      const headers = { ...json, 'content-length': '17000000' };
      expect((await api.send(null, 'POST', '/v1/events', { headers, payload: '{' })).statusCode).toBe(401);
    });
  });

  describe('for its method', () => {
    it.each([
      ['PUT', '/v1/events', 'GET, HEAD, POST'],
      ['DELETE', '/v1/events?limit=1', 'GET, HEAD, POST'],
      ['PUT', '/v1/events/batch', 'GET, HEAD, POST'],
      ['POST', '/v1/connections/con_01k9g8xv7hf2p9w3c5q6r7s8t9', 'DELETE, GET, HEAD, PATCH'],
      ['GET', '/v1/dead-letters/retry', 'POST'],
      ['HEAD', '/v1/dead-letters/retry', 'POST'],
      ['DELETE', '/health/live', 'GET, HEAD'],
    ] as const)('%s %s is told which there are', async (method, url, allowed) => {
      const { key } = await api.newTenant();
      const answer = await api.send(key, method, url, { headers: { 'x-request-id': 'mine' } });
      expect([answer.statusCode, answer.headers.allow, answer.headers['x-request-id']]).toEqual([405, allowed, 'mine']);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      if (method !== 'HEAD')
        expect(answer.json()).toMatchObject({
          code: 'method_not_allowed',
          title: 'Method Not Allowed',
          status: 405,
          instance: url.split('?')[0],
          request_id: 'mine',
        });
    });

    it('hears so before what is wrong with its body, and costs nothing', async () => {
      const { key } = await api.newTenant();
      for (const type of ['application/json', 'text/xml']) {
        const answer = await api.send(key, 'PUT', '/v1/events', { headers: { 'content-type': type }, payload: '{' });
        expect([answer.statusCode, codeOf(answer)]).toEqual([405, 'method_not_allowed']);
        expect(answer.headers).not.toHaveProperty('ratelimit');
      }
    });

    it.each([
      ['a path that no route has', 'PUT', '/v1/nowhere'],
      ['a path that goes on after a route’s', 'PUT', '/v1/events/a/b/c'],
      ['a path that ends before a parameter', 'PUT', '/v1/events/'],
      ['a view of the portal', 'POST', '/events'],
    ] as const)('is not for %s: nothing is there', async (_what, method, url) => {
      const { key } = await api.newTenant();
      const answer = await api.send(key, method, url);
      expect([answer.statusCode, codeOf(answer), answer.headers.allow]).toEqual([404, 'not_found', undefined]);
    });

    it('is not looked at before the key', async () => {
      const answer = await api.send(null, 'PUT', '/v1/events');
      expect([answer.statusCode, answer.headers.allow]).toEqual([401, undefined]);
    });
  });
});
