import { type LookupAddress } from 'node:dns';
import { type IncomingMessage, type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { client, closeServers, failure, readBody, serve } from './fixtures/http-servers';

afterEach(closeServers);

describe('an answer', () => {
  it('comes back as it is: status, joined headers, bytes', async () => {
    let seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string } | undefined;
    const base = await serve((request, response) => {
      void readBody(request).then((body) => {
        seen = { method: request.method, url: request.url, headers: request.headers, body };
        response.writeHead(201, [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['X-Id', '7'],
        ] as never);
        response.end(Buffer.from([0, 255, 10]));
      });
    });
    const result = await client().request({
      method: 'POST',
      url: `${base}/a%2Fb?c=d#fragment`,
      headers: { 'X-Custom': 'grün' },
      body: '{"é":1}',
    });
    expect(result).toMatchObject({
      ok: true,
      value: { status: 201, headers: { 'set-cookie': 'a=1, b=2', 'x-id': '7' }, body: Buffer.from([0, 255, 10]) },
    });
    expect(seen).toMatchObject({ method: 'POST', url: '/a%2Fb?c=d', body: '{"é":1}' });
    expect(seen?.headers).toMatchObject({
      'user-agent': 'hub-test',
      'accept-encoding': 'identity',
      'x-custom': 'grün',
    });
  });

  it('is not followed when it redirects', async () => {
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    });
    const result = await client().request({ method: 'GET', url: base });
    expect(result).toMatchObject({ ok: true, value: { status: 302 } });
    expect(calls).toBe(1);
  });

  it('is unpacked when the server compresses although identity was asked for', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    });
    const result = await client().request({ method: 'GET', url: base });
    expect(result.ok && result.value.body.toString()).toBe('packed');
    expect(result.ok && result.value.headers).not.toHaveProperty('content-encoding');
  });

  it('is not retried when the server fails', async () => {
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.writeHead(503, { 'retry-after': '1' }).end();
    });
    await client().request({ method: 'GET', url: base });
    expect(calls).toBe(1);
  });

  it('comes over a kept socket: undici may open a second one while the first is finishing, never one a call', async () => {
    const ports = new Set<number | undefined>();
    const base = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const http = client();
    for (let i = 0; i < 20; i++) await http.request({ method: 'POST', url: base, body: 'x' });
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe('the size cap', () => {
  it.each<[string, RequestListener]>([
    ['announced', (_q, response) => response.writeHead(200, { 'content-length': '5000' }).end(Buffer.alloc(5000))],
    [
      'streamed',
      (_q, response) => {
        response.writeHead(200);
        response.write(Buffer.alloc(900));
        response.end(Buffer.alloc(900));
      },
    ],
    [
      'compressed',
      (_q, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1e6))),
    ],
  ])('cuts an answer that is too large (%s) and keeps its status', async (_name, handler) => {
    const base = await serve(handler);
    const result = await client().request({ method: 'GET', url: base, maxResponseBytes: 1024 });
    expect(failure(result)).toMatchObject({ kind: 'response_too_large', mayHaveBeenSent: true, status: 200 });
  });

  it('lets an answer of exactly that size through', async () => {
    const base = await serve((_request, response) => response.end(Buffer.alloc(1024)));
    const result = await client().request({ method: 'GET', url: base, maxResponseBytes: 1024 });
    expect(result.ok && result.value.body.length).toBe(1024);
  });

  it('is one MiB unless the caller says otherwise', async () => {
    const base = await serve((_request, response) => response.end(Buffer.alloc(1024 * 1024 + 1)));
    expect(failure(await client().request({ method: 'GET', url: base })).kind).toBe('response_too_large');
  });
});

describe('a request that cannot be sent is refused, never thrown', () => {
  it.each(['', 'no url', 'ftp://host/', 'file:///etc/passwd', 'https://user:pw@example.com/', 'https://'])(
    'URL "%s"',
    async (url) => {
      expect(failure(await client().request({ method: 'GET', url }))).toMatchObject({
        kind: 'invalid_url',
        mayHaveBeenSent: false,
      });
    },
  );

  it.each<[string, Record<string, string>]>([
    ['CR LF in a value', { 'x-a': 'b\r\nHost: evil' }],
    ['CR LF in a name', { 'x-a\r\nb': 'c' }],
    ['NUL', { 'x-a': 'b\0' }],
    ['a character beyond latin1', { 'x-a': '€' }],
    ['an empty name', { '': 'b' }],
    ['another host', { Host: 'internal' }],
    ['its own framing', { 'Content-Length': '3' }],
    ['a hop-by-hop name', { 'Transfer-Encoding': 'chunked' }],
  ])('header with %s', async (_name, headers) => {
    const error = failure(await client().request({ method: 'POST', url: 'http://127.0.0.1:1/', headers }));
    expect(error).toMatchObject({ kind: 'invalid_request', mayHaveBeenSent: false });
    expect(error.message).not.toContain('evil');
  });

  it.each(['CONNECT', 'TRACE', 'get', 'GET /x HTTP/1.1\r\n'])('method %j', async (method) => {
    const error = failure(await client().request({ method, url: 'http://127.0.0.1:1/' }));
    expect(error).toMatchObject({ kind: 'invalid_request', mayHaveBeenSent: false });
  });
});

describe('the wall', () => {
  it.each([
    'http://127.0.0.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://10.0.0.1/',
    'http://localhost/',
  ])('blocks %s', async (url) => {
    const error = failure(await client({ egressAllow: [] }).request({ method: 'GET', url }));
    expect(error).toMatchObject({ kind: 'blocked_address', mayHaveBeenSent: false });
  });

  it('connects to the very address that it checked, although the name changes its mind (rebinding)', async () => {
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.end();
    });
    const answers: LookupAddress[][] = [[{ address: '10.9.9.9', family: 4 }], [{ address: '127.0.0.1', family: 4 }]];
    let lookups = 0;
    const http = client({
      egressAllow: ['127.0.0.0/8'],
      resolveAll: (_host, callback) => callback(null, answers[lookups++]!),
    });
    const url = `http://rebind.example:${new URL(base).port}/`;
    expect(failure(await http.request({ method: 'GET', url })).kind).toBe('blocked_address');
    expect(calls).toBe(0);
    expect(await http.request({ method: 'GET', url })).toMatchObject({ ok: true });
    expect(lookups).toBe(2);
  });

  it('uses only the open addresses of a name that mixes them', async () => {
    const base = await serve((_request, response) => response.end('mixed'));
    const addresses = [
      { address: '10.9.9.9', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const http = client({ resolveAll: (_host, callback) => callback(null, addresses) });
    const result = await http.request({ method: 'GET', url: `http://mixed.example:${new URL(base).port}/` });
    expect(result.ok && result.value.body.toString()).toBe('mixed');
  });

  it('does not tell what a blocked name resolves to', async () => {
    const http = client({ resolveAll: (_host, callback) => callback(null, [{ address: '10.9.9.9', family: 4 }]) });
    const error = failure(await http.request({ method: 'GET', url: 'http://inner.example/' }));
    expect(error.kind).toBe('blocked_address');
    expect(JSON.stringify(error)).not.toContain('10.9.9.9');
  });
});
