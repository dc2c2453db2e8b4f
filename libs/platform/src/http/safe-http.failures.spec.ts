import { createServer as createTcpServer } from 'node:net';
import { client, closeServers, failure, listen, serve, serveTcp } from './fixtures/http-servers';

afterEach(closeServers);
afterEach(() => jest.restoreAllMocks());

const DEADLINE_MS = 54_321;

/** Lets the deadline of a call come when the test says so: a machine that is busy may not even have sent it within a short one. */
function deadline(): () => void {
  const real = setTimeout;
  let strike: (() => void) | undefined;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation((work: () => void, ms?: number) => {
    if (ms === DEADLINE_MS) strike = work;
    return real(work, ms);
  });
  return () => strike?.();
}

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
    const strike = deadline();
    const base = await serve(strike);
    const request = { method: 'POST', url: base, body: 'x', timeoutMs: DEADLINE_MS };
    const error = failure(await client().request(request));
    expect(error).toMatchObject({ kind: 'timeout', mayHaveBeenSent: true });
  });

  it('keeps the deadline over an answer that drips', async () => {
    const strike = deadline();
    const base = await serve((_request, response) => {
      response.writeHead(200);
      let drops = 0;
      const timer = setInterval(() => {
        response.write('x');
        // Each comes in a turn of its own, so the first have been read.
        if (++drops === 5) strike();
      }, 10);
      response.on('close', () => clearInterval(timer));
    });
    const error = failure(await client().request({ method: 'GET', url: base, timeoutMs: DEADLINE_MS }));
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
    const abort = new AbortController();
    let closed: () => void;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const base = await serve((request) => {
      request.socket.on('close', () => closed());
      abort.abort();
    });
    const outcome = await client().request({ method: 'POST', url: base, body: 'x', signal: abort.signal });
    expect(failure(outcome)).toMatchObject({ kind: 'aborted', mayHaveBeenSent: true });
    await isClosed;
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
