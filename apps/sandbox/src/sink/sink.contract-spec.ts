import { connect } from 'node:net';
import { SandboxFixture, type Answer } from '../fixtures/sandbox-fixture';

interface SinkPage {
  readonly total: number;
  readonly requests: readonly {
    readonly seq: number;
    readonly body?: string;
    readonly body_base64?: string;
    readonly headers: Record<string, string>;
  }[];
  readonly next_after: number | null;
}

describe('the HTTP sink', () => {
  let fixture: SandboxFixture;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(() => control('POST', '/reset'));

  const control = <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
    fixture.admin<T>(method, path, body, fixture.sandbox.indexUrl);
  const send = (name: string, key?: string, body: string | Buffer = '{"n":1}'): Promise<Response> =>
    fetch(`${fixture.sandbox.indexUrl}/sink/${name}`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const behave = (name: string, ...rules: object[]): Promise<Answer> =>
    control('PUT', `/sinks/${name}/behaviour`, { rules });

  it('takes anything, byte for byte, and counts keys', async () => {
    expect(await (await send('orders/deep/path?x=1', 'k-1', 'ä "quoted"')).json()).toEqual({ received: true });
    await send('orders', 'k-1');
    await fetch(`${fixture.sandbox.indexUrl}/sink/orders`, { method: 'DELETE', headers: { 'webhook-id': 'k-2' } });
    await send('orders', undefined, Buffer.from([0xff, 0xfe]));
    const { body } = await control<SinkPage>('GET', '/sinks/orders');
    expect(body).toMatchObject({
      total: 4,
      accepted: 4,
      distinct_keys: 2,
      accepted_distinct_keys: 2,
      accepted_duplicates: 1,
      next_after: null,
    });
    expect(body.requests[0]).toMatchObject({
      seq: 1,
      method: 'POST',
      url: '/sink/orders/deep/path?x=1',
      body: 'ä "quoted"',
      headers: { 'idempotency-key': 'k-1' },
    });
    expect(body.requests[3]).toMatchObject({ body_base64: '//4=' });
  });

  it('pages through what arrived, and forgets on demand', async () => {
    for (let n = 0; n < 5; n++) await send('paged', `k-${n}`);
    const first = await control<SinkPage>('GET', '/sinks/paged?limit=3');
    expect(first.body.requests.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(first.body.next_after).toBe(3);
    const rest = await control<SinkPage>('GET', '/sinks/paged?limit=3&after=3');
    expect(rest.body.requests.map(({ seq }) => seq)).toEqual([4, 5]);
    await control('DELETE', '/sinks/paged');
    expect((await control<SinkPage>('GET', '/sinks/paged')).body.total).toBe(0);
  });

  it('plays a sequence and returns to normal', async () => {
    await behave(
      'moody',
      { kind: 'respond', status: 500, body: 'no', headers: { 'retry-after': '3' }, times: 2 },
      { kind: 'redirect', location: 'http://127.0.0.1:9/', times: 1 },
      { kind: 'wrong_content_type', times: 1 },
    );
    const first = await send('moody', 'k');
    expect([first.status, first.headers.get('retry-after'), await first.text()]).toEqual([500, '3', 'no']);
    expect([(await send('moody', 'k')).status, (await send('moody', 'k')).status]).toEqual([500, 302]);
    expect((await send('moody', 'k')).headers.get('content-type')).toBe('text/html');
    expect((await send('moody', 'k2')).status).toBe(200);
    expect((await control('GET', '/sinks/moody')).body).toMatchObject({
      total: 5,
      accepted: 2,
      distinct_keys: 2,
      accepted_distinct_keys: 2,
    });
  });

  it('records and then drops, or drops without accepting', async () => {
    await behave(
      'rude',
      { kind: 'drop_after_commit', times: 1 },
      { kind: 'reset', times: 1 },
      { kind: 'garbage', times: 1 },
    );
    for (let n = 0; n < 3; n++) await expect(send('rude', `k-${n}`)).rejects.toThrow();
    expect((await control('GET', '/sinks/rude')).body).toMatchObject({
      total: 3,
      accepted: 1,
      accepted_distinct_keys: 1,
    });
  });

  it('hangs, waits, drips and pours', async () => {
    await behave(
      'slow',
      { kind: 'hang', times: 1 },
      { kind: 'slow_drip', ms_per_byte: 0.1, times: 1 },
      { kind: 'huge_body', bytes: 3_000_000, times: 1 },
      { kind: 'respond', latency_ms: 1, after: 1, times: 1, status: 201 },
    );
    const url = `${fixture.sandbox.indexUrl}/sink/slow`;
    await expect(fetch(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(await (await send('slow')).json()).toEqual({ received: true });
    expect((await (await send('slow')).arrayBuffer()).byteLength).toBe(3_000_000);
    expect([(await send('slow')).status, (await send('slow')).status]).toEqual([200, 201]);
  });

  it('survives a client that dies half way', async () => {
    const { port } = new URL(fixture.sandbox.indexUrl);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /sink/half HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nonly this', () =>
          socket.destroy(),
        );
      }).on('close', () => resolve());
    });
    expect((await send('half')).status).toBe(200);
    expect((await control('GET', '/sinks/half')).body).toMatchObject({ total: 1 });
  });

  it('shows pages, escaped and without credentials', async () => {
    await send('shown', 'k', '<script>1</script>');
    await fetch(`${fixture.sandbox.indexUrl}/sink/shown?access_token=hidden-value`, {
      method: 'POST',
      body: '{"password":"hidden-value"}',
    });
    const pages = await Promise.all(
      ['/', '/sinks', '/sinks/shown'].map(async (path) => (await fetch(fixture.sandbox.indexUrl + path)).text()),
    );
    for (const page of pages) expect(page).toContain('SIMULATED');
    expect(pages[0]).toContain(fixture.url);
    expect(pages[1]).toContain('/sinks/shown');
    expect(pages[2]).toContain('&lt;script&gt;1&lt;/script&gt;');
    expect(pages[2]).not.toContain('<script>');
    expect(pages[2]).not.toContain('hidden-value');
  });

  it('refuses names that are none, bad rules and strangers', async () => {
    expect((await send('a%20b')).status).toBe(404);
    expect((await behave('x', { kind: 'explode' })).status).toBe(400);
    expect((await fetch(`${fixture.sandbox.indexUrl}/__admin/sinks`)).status).toBe(401);
  });
});
