import { connect } from 'node:net';
import { addCommonRoutes, type AdminHandler } from './control-plane';
import { FaultRules } from './fault-rules';
import { jsonReply, type Listening } from './http-frame';
import { Journal } from './journal';
import { Router } from './router';
import { startVendorServer } from './vendor-server';
import { VirtualClock } from './virtual-clock';

/** A vendor of one value: GET reads it, PUT writes it. */
describe('what a stand-in does wrong with answers', () => {
  let server: Listening;
  let value: string;
  let writes: number;

  beforeAll(async () => {
    const parts = { token: 't', clock: new VirtualClock(), faults: new FaultRules(1), journal: new Journal() };
    server = await startVendorServer({
      ...parts,
      admin: addCommonRoutes(new Router<AdminHandler>(), parts),
      host: '127.0.0.1',
      port: 0,
      handle: ({ method, path, headers, body }) => {
        if (headers.authorization === undefined) return { status: 401 };
        if (method === 'GET') return jsonReply(200, { path, value });
        value = body.toString('utf8');
        writes++;
        return { status: 204, headers: { location: `/records/${writes}`, 'set-cookie': ['a=1', 'b=2'] } };
      },
    });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    [value, writes] = ['first', 0];
    await admin('DELETE', 'faults');
    await admin('DELETE', 'requests');
  });

  const admin = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${server.url}/__admin/${path}`, {
      method,
      headers: { authorization: 'Bearer t' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async (path = '/v', headers: Record<string, string> = { authorization: 'x' }): Promise<unknown> => {
    const answer = await fetch(server.url + path, { headers });
    return answer.status === 200 ? ((await answer.json()) as { value: string }).value : answer.status;
  };
  const write = async (text: string): Promise<number> =>
    (await fetch(`${server.url}/v`, { method: 'PUT', headers: { authorization: 'x' }, body: text })).status;
  /** Everything that comes back on one line until it is closed. */
  const told = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(server.port, '127.0.0.1', () => socket.write(request));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')));
      socket.on('error', reject);
    });

  describe('duplicate_response', () => {
    const line = 'HTTP/1.1\r\nHost: v\r\nAuthorization: x\r\n';

    it('gives the whole answer twice on the line that asked once, and the work is done once', async () => {
      await admin('POST', 'faults', { times: 2, action: { type: 'duplicate_response' } });
      const written = await told(`PUT /v ${line}Content-Length: 3\r\n\r\nnew`);
      const [once, again, ...more] = written.split(/(?=HTTP\/1\.1 )/);
      expect([again, more]).toEqual([once, []]);
      expect(once).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
      expect(once).toContain('location: /records/1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\n');
      expect(once).not.toContain('content-length');
      expect([value, writes]).toEqual(['new', 1]);
      const shown = await told(`GET /v ${line}\r\n`);
      expect(shown.split('{"path":"/v","value":"new"}')).toHaveLength(3);
      expect(shown).toContain('content-length: 27\r\n');
      const { entries } = (await (await admin('GET', 'requests')).json()) as { entries: object[] };
      expect(entries).toMatchObject([
        { method: 'PUT', status: 204, fault: 'duplicate_response' },
        { method: 'GET', status: 200, fault: 'duplicate_response' },
      ]);
    });

    it('is one answer to a client that keeps to the protocol', async () => {
      await admin('POST', 'faults', { action: { type: 'duplicate_response' } });
      for (const text of ['a', 'b', 'c']) {
        expect(await write(text)).toBe(204);
        expect(await read()).toBe(text);
      }
      expect(writes).toBe(3);
    });
  });

  it('late_commit: the line is cut, and the work is done all the same', async () => {
    await admin('POST', 'faults', { times: 1, action: { type: 'late_commit', ms: 300 } });
    await expect(write('late')).rejects.toThrow();
    const entries = async (): Promise<object[]> =>
      ((await (await admin('GET', 'requests')).json()) as { entries: object[] }).entries;
    while ((await entries()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await entries()).toMatchObject([{ method: 'PUT', status: null, fault: 'late_commit' }]);
    expect([value, writes]).toEqual(['late', 1]);
  });

  describe('stale_read', () => {
    beforeEach(() => admin('POST', 'faults', { match: { path: '^/v' }, action: { type: 'stale_read' } }));

    it('answers each question as it did first, while the work goes on behind it', async () => {
      expect(await read()).toBe('first');
      await write('second');
      expect(await read()).toBe('first');
      expect([value, writes]).toEqual(['second', 1]);
      // Another question is met for the first time.
      expect(await read('/v?other')).toBe('second');
      await write('third');
      expect([await read(), await read('/v?other'), await read('/elsewhere')]).toEqual(['first', 'second', 'third']);
      await admin('DELETE', 'faults');
      expect(await read()).toBe('third');
    });

    it('tells nobody who may not ask, and does not keep a refusal', async () => {
      expect(await read('/v', {})).toBe(401);
      expect(await read()).toBe('first');
      expect(await read('/v', {})).toBe(401);
    });
  });
});
