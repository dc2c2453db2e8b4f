import { type LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Result } from '../result/result';
import { createSafeHttp, type ClosableSafeHttp, type SafeHttpOptions } from './safe-http';
import { type SafeHttpFailure } from './safe-http.types';

const closers: (() => Promise<void>)[] = [];

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  const port = await listen(server);
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

async function serveTcp(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const port = await listen(server);
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

function client(options: Partial<SafeHttpOptions> = {}): ClosableSafeHttp {
  const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'hub-test', ...options });
  closers.push(() => http.close());
  return http;
}

function failure<T>(result: Result<T, SafeHttpFailure>): SafeHttpFailure {
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  return result.error;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

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

describe('failures of the network', () => {
  it('tells a name that does not exist', async () => {
    const notFound = Object.assign(new Error('x'), { code: 'ENOTFOUND' });
    const http = client({ resolveAll: (_host, callback) => callback(notFound, []) });
    expect(failure(await http.request({ method: 'POST', url: 'http://gone.example/' }))).toMatchObject({
      kind: 'dns',
      mayHaveBeenSent: false,
    });
  });

  it('tells a refused connection', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const error = failure(await client().request({ method: 'POST', url: `http://127.0.0.1:${port}/`, body: 'x' }));
    expect(error).toMatchObject({ kind: 'connect', mayHaveBeenSent: false });
    expect(error.message).not.toContain(String(port));
  });

  it('tells a TLS failure', async () => {
    const base = await serve((_request, response) => response.end());
    const error = failure(await client().request({ method: 'POST', url: base.replace('http:', 'https:') }));
    expect(error).toMatchObject({ kind: 'tls', mayHaveBeenSent: false });
  });

  it('tells that a request was sent when the connection is reset', async () => {
    const base = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const error = failure(await client().request({ method: 'POST', url: base, body: 'x' }));
    expect(error).toMatchObject({ kind: 'reset', mayHaveBeenSent: true });
  });

  it('tells an answer that breaks off, with the status that arrived', async () => {
    const base = await serveTcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc')),
    );
    const error = failure(await client().request({ method: 'POST', url: base, body: 'x' }));
    expect(error).toMatchObject({ kind: 'reset', mayHaveBeenSent: true, status: 200 });
  });

  it('tells an answer that is not HTTP', async () => {
    const base = await serveTcp((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    const error = failure(await client().request({ method: 'POST', url: base, body: 'x' }));
    expect(error).toMatchObject({ kind: 'protocol', mayHaveBeenSent: true });
  });

  it('keeps the deadline while the server is silent', async () => {
    const base = await serve(() => undefined);
    const error = failure(await client().request({ method: 'POST', url: base, body: 'x', timeoutMs: 50 }));
    expect(error).toMatchObject({ kind: 'timeout', mayHaveBeenSent: true });
  });

  it('keeps the deadline over an answer that drips', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const error = failure(await client().request({ method: 'GET', url: base, timeoutMs: 80 }));
    expect(error).toMatchObject({ kind: 'timeout', mayHaveBeenSent: true, status: 200 });
  });

  it('cuts an answer that falls silent before the deadline', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200);
      response.write('x');
    });
    const error = failure(await client({ idleTimeoutMs: 50 }).request({ method: 'GET', url: base }));
    expect(error).toMatchObject({ kind: 'timeout', mayHaveBeenSent: true, message: 'The answer stopped arriving' });
  });

  it('keeps the deadline while the name server is silent, and then sends nothing', async () => {
    let answer: (() => void) | undefined;
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.end();
    });
    const http = client({
      resolveAll: (_host, callback) => {
        answer = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const url = `http://slow.example:${new URL(base).port}/`;
    expect(failure(await http.request({ method: 'POST', url, body: 'x', timeoutMs: 50 }))).toMatchObject({
      kind: 'timeout',
      mayHaveBeenSent: false,
    });
    answer?.();
    await http.close();
    expect(calls).toBe(0);
  });

  it('limits the time to connect', async () => {
    const http = client({ connectTimeoutMs: 50, resolveAll: () => undefined });
    expect(failure(await http.request({ method: 'POST', url: 'http://slow.example/' }))).toMatchObject({
      kind: 'timeout',
      mayHaveBeenSent: false,
    });
  });
});

describe('cancelling', () => {
  it('sends nothing when it was cancelled before', async () => {
    const signal = AbortSignal.abort();
    expect(failure(await client().request({ method: 'POST', url: 'http://127.0.0.1:1/', signal }))).toMatchObject({
      kind: 'aborted',
      mayHaveBeenSent: false,
    });
  });

  it('stops a call under way and closes its connection', async () => {
    const closed = new Promise<void>((resolve) => {
      void serve((request) => request.socket.on('close', () => resolve())).then(async (base) => {
        const abort = new AbortController();
        const pending = client().request({ method: 'POST', url: base, body: 'x', signal: abort.signal });
        setTimeout(() => abort.abort(), 50);
        expect(failure(await pending)).toMatchObject({ kind: 'aborted', mayHaveBeenSent: true });
      });
    });
    await closed;
  });

  it('leaves no listener behind on a signal that many calls share', async () => {
    const base = await serve((_request, response) => response.end());
    const abort = new AbortController();
    const removed = jest.spyOn(abort.signal, 'removeEventListener');
    const warned = jest.spyOn(process, 'emitWarning');
    const http = client();
    await Promise.all(
      Array.from({ length: 30 }, () => http.request({ method: 'GET', url: base, signal: abort.signal })),
    );
    expect(removed).toHaveBeenCalledTimes(30);
    expect(warned).not.toHaveBeenCalled();
  });

  it('refuses calls after it was closed', async () => {
    const http = client();
    await http.close();
    expect(failure(await http.request({ method: 'GET', url: 'http://127.0.0.1:1/' })).kind).toBe('aborted');
  });
});
