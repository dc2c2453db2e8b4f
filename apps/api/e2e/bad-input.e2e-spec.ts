import http from 'node:http';
import { type TestClient, type HubAnswer } from '@hub/testing';
import { stageOrders } from '../../../test/support/order-stage';
import { expectProblem, faultsOf, type ProblemBody } from '../../../test/support/problems';
import { unique } from '../../../test/support/staged-hub';

const KIB = 1_024;
const event = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  event_id: unique('bad'),
  type: 'order.created',
  data: {},
  ...fields,
});
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const manyMembers = (count: number): string => Array.from({ length: count }, (_, n) => `"m${n}":1`).join(',');

describe('bad input', () => {
  const orders = stageOrders();
  // Whatever was thrown at it, the API never broke down.
  afterAll(() => expect(orders.hub.apis[0]?.output ?? '').not.toMatch(/"msg":"request failed"|internal_error/));

  const post = (body: unknown, headers?: Record<string, string>): Promise<HubAnswer> =>
    orders.tenant.client.post('/v1/events', body, headers);

  describe('bodies', () => {
    it.each<[string, string | Uint8Array, number, string]>([
      ['nothing', '', 400, 'invalid_request'],
      ['half a document', '{"event_id":"a"', 400, 'invalid_json'],
      ['no JSON', 'event_id=a&type=b', 400, 'invalid_json'],
      ['two documents', '{} {}', 400, 'invalid_json'],
      ['NaN', '{"event_id":"a","type":"a.b","data":{"n":NaN}}', 400, 'invalid_json'],
      ['a list', '[]', 400, 'invalid_request'],
      ['null', 'null', 400, 'invalid_request'],
      ['a text', '"event"', 400, 'invalid_request'],
      ['broken UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'invalid_encoding'],
      ['a prototype', '{"event_id":"a","type":"a.b","data":{"__proto__":{"admin":true}}}', 400, 'invalid_json'],
      [
        'a constructor',
        '{"event_id":"a","type":"a.b","data":{"constructor":{"prototype":{"x":1}}}}',
        400,
        'invalid_json',
      ],
      ['1,000 levels', `{"event_id":"a","type":"a.b","data":${nested(1_000)}}`, 400, 'too_deep'],
      ['100,000 levels', '['.repeat(100_000), 400, 'too_deep'],
      ['20,000 members', `{"event_id":"a","type":"a.b","data":{${manyMembers(20_000)}}}`, 400, 'too_many_members'],
    ])('of %s are refused', async (_what, body, status, code) => {
      const problem = expectProblem(await post(body), status, code);
      if (code === 'invalid_request') expect(problem.errors?.length).toBeGreaterThan(0);
    });

    it('of no JSON are told from where on, without a word of what is in them', async () => {
      const answer = await post('{\n  "event_id": "a"\n  "secret": "x"}');
      expect(expectProblem(answer, 400, 'invalid_json')).toMatchObject({ line: 3, column: 3 });
      expect(answer.text).not.toContain('secret');
      const forbidden = expectProblem(await post('{"__proto__":{}}'), 400, 'invalid_json');
      expect(forbidden.detail).toContain('"__proto__"');
      expect(forbidden).not.toHaveProperty('line');
    });

    it('of another kind than JSON are refused', async () => {
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense']) {
        expectProblem(await post('<event/>', { 'content-type': type }), 415, 'unsupported_media_type');
      }
    });

    it('of another encoding than plain UTF-8 are refused, and told so', async () => {
      for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'identity, gzip']) {
        const answer = await post(event(), { 'content-encoding': encoding });
        expectProblem(answer, 415, 'unsupported_content_encoding');
        expect(answer.headers.get('accept-encoding')).toBe('identity');
      }
      for (const charset of ['utf-16', 'latin1', '"iso-8859-1"'])
        expectProblem(
          await post(event(), { 'content-type': `application/json; charset=${charset}` }),
          415,
          'unsupported_media_type',
        );
      const plain = { 'content-encoding': 'Identity', 'content-type': 'application/json;charset="UTF-8"' };
      expect((await post(event(), plain)).status).toBe(202);
    });

    it('of more than 256 KiB are refused before they are read, when they say so', async () => {
      const answer = await raw(
        orders.hub.apis[0]?.url ?? '',
        { ...bearer(orders.tenant.client), 'content-length': String(256 * KIB + 1) },
        null,
      );
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'body_too_large', status: 413 });
    });

    it('of more than 256 KiB are refused when they do not say so', async () => {
      const large = JSON.stringify(event({ data: { text: 'x'.repeat(300 * KIB) } }));
      const chunked = await raw(
        orders.hub.apis[0]?.url ?? '',
        { ...bearer(orders.tenant.client), 'transfer-encoding': 'chunked' },
        large,
      );
      expect(chunked.status).toBe(413);
      expect(JSON.parse(chunked.text)).toMatchObject({ code: 'body_too_large', status: 413 });
      const fits = event();
      const room = 256 * KIB - JSON.stringify({ ...fits, data: { text: '' } }).length;
      expect((await post({ ...fits, data: { text: 'x'.repeat(room) } })).status).toBe(202);
      expectProblem(
        await post({ ...fits, event_id: unique('bad'), data: { text: 'x'.repeat(room + 1) } }),
        413,
        'body_too_large',
      );
    });

    it('with faults without number are answered with few of them', async () => {
      const batch = (body: string, query = ''): Promise<HubAnswer> =>
        orders.tenant.client.post(`/v1/events/batch${query}`, body);
      const faulty = `{"events":[${Array.from({ length: 50 }, () => `{${manyMembers(1_000)}}`).join(',')}]}`;
      const named = expectProblem(await batch(`{"events":[{}],${manyMembers(1_900)}}`), 400, 'invalid_request');
      expect(named.errors).toHaveLength(101);
      expect(named.errors?.[100]?.code).toBe('more_faults');
      expect(expectProblem(await batch(faulty, '?atomic=true'), 422, 'batch_refused').errors).toHaveLength(101);
      const { results } = (await batch(faulty)).body as { results: { error: { errors: unknown[] } }[] };
      expect(results.map(({ error }) => error.errors.length)).toEqual(Array.from({ length: 50 }, () => 11));
    });

    it('of more elements than anybody takes are not built', async () => {
      const listOf = (element: string, count: number): string => Array.from({ length: count }, () => element).join(',');
      const batch = (body: string): Promise<HubAnswer> => orders.tenant.client.post('/v1/events/batch', body);
      const few = expectProblem(await batch(`{"events":[${listOf('{}', 1_001)}]}`), 400, 'invalid_request');
      expect(faultsOf(few)).toEqual(['/events too_big']);
      expectProblem(await batch(`{"events":[${listOf('{}', 2_002)}]}`), 400, 'too_many_members');
      expectProblem(await batch(`{"events":[{"data":[${listOf('1', 1_000_001)}]}]}`), 400, 'too_many_members');
    });

    it('of strangers are not read at all', async () => {
      const answer = await raw(
        orders.hub.apis[0]?.url ?? '',
        { 'content-type': 'application/json', 'content-length': '1000' },
        null,
      );
      expect(answer.status).toBe(401);
    });
  });

  describe('events', () => {
    it.each<[string, Record<string, unknown>, string[]]>([
      [
        'without anything',
        { event_id: undefined, type: undefined, data: undefined },
        ['/data required', '/event_id required', '/type required'],
      ],
      [
        'with fields that do not exist',
        { tenant_id: 'x', 'a/b~c': 1 },
        ['/a~1b~0c unknown_field', '/tenant_id unknown_field'],
      ],
      ['with an empty id', { event_id: '' }, ['/event_id too_small']],
      ['with an id too long', { event_id: 'x'.repeat(201) }, ['/event_id too_big']],
      ['with an id that no database holds', { event_id: 'a\u0000b' }, ['/event_id custom']],
      ['with an id that is no text', { event_id: 7 }, ['/event_id invalid_type']],
      ['with half a character', { event_id: 'a\ud800' }, ['/event_id custom']],
      ['with a type of one word too many dots', { type: 'order..created' }, ['/type invalid_format']],
      ['with a type of spaces', { type: 'order created' }, ['/type invalid_format']],
      ['with a type too long', { type: `a.${'b'.repeat(99)}` }, ['/type too_big']],
      ['with a wildcard for a type', { type: 'order.*' }, ['/type invalid_format']],
      ['with a list for data', { data: [] }, ['/data invalid_type']],
      ['with null for data', { data: null }, ['/data invalid_type']],
      ['with a moment without a zone', { occurred_at: '2026-11-20T10:00:00' }, ['/occurred_at invalid_format']],
      ['with a year that no database holds', { occurred_at: '0000-06-01T00:00:00Z' }, ['/occurred_at custom']],
      ['with a day that does not exist', { occurred_at: '2026-02-30T10:00:00Z' }, ['/occurred_at invalid_format']],
      ['with too much metadata', { metadata: { text: 'x'.repeat(17 * KIB) } }, ['/metadata custom']],
      ['with a subject too long', { subject: 's'.repeat(301) }, ['/subject too_big']],
    ])('%s are refused, each fault with its pointer', async (_what, fields, faults) => {
      const problem = expectProblem(await post(event(fields)), 400, 'invalid_request');
      expect(faultsOf(problem).sort()).toEqual([...faults].sort());
    });

    it.each<[string, Record<string, unknown>]>([
      ['characters of every plane', { event_id: `é-漢-😀-${unique('x')}`, subject: '🧾/1' }],
      ['a NUL inside the payload', { data: { text: 'a\u0000b' } }],
      ['half a character inside the payload', { data: { text: '\ud800' } }],
      ['members with odd names', { data: { '': 1, ' ': 2, toString: 3, hasOwnProperty: 4 } }],
      ['a year far away', { occurred_at: '9999-12-31T23:59:59.999Z' }],
      ['the first year', { occurred_at: '0001-01-01T00:00:00Z' }],
    ])('with %s are taken and given back as they were, or refused by name', async (_what, fields) => {
      const sent = JSON.stringify(event(fields));
      const answer = await orders.tenant.client.post<{ links: { self: string } }>('/v1/events', sent);
      if (answer.status !== 202) {
        expect([400, 422]).toContain(answer.status);
        expectProblem(answer, answer.status, (answer.body as unknown as ProblemBody).code);
        return;
      }
      const read = await orders.tenant.client.get<{ payload: unknown }>(`${answer.body.links.self}?include=payload`);
      expect(read.body.payload).toEqual((JSON.parse(sent) as { data: unknown }).data);
    });

    it('of one bad neighbour do not fail in a group commit', async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) => post(event(n % 3 === 0 ? { data: { text: 'a\u0000b' } } : {}))),
      );
      expect(answers.filter(({ status }, n) => n % 3 !== 0 && status !== 202)).toEqual([]);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    });
  });
});

function bearer(client: TestClient): Record<string, string> {
  return { authorization: `Bearer ${client.key}`, 'content-type': 'application/json' };
}

/** A POST written by hand, for what `fetch` does not let happen. `null` sends no byte of the body. */
function raw(
  apiUrl: string,
  headers: Record<string, string>,
  body: string | null,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${apiUrl}/v1/events`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
        request.destroy();
      });
    });
    // The server may close the line while the rest of the body is still being sent.
    request.on('error', (error) => setTimeout(() => reject(error), 1_000).unref());
    request.setTimeout(20_000, () => request.destroy(new Error('no answer')));
    if (body === null) request.flushHeaders();
    else request.end(body);
  });
}
