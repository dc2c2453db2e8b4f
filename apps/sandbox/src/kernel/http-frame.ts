import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';

/** Larger than any vendor allows (Salesforce ingest: 150 MB is refused by its own check), small enough for a laptop. */
export const MAX_BODY_BYTES = 160 * 1024 * 1024;

/** One request with its body read to the end. `path` is raw: percent-encoding is meaningful to vendors. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export class BodyTooLargeError extends Error {
  constructor() {
    super('request body too large');
  }
}

export function readBody(req: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(new BodyTooLargeError());
      else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    req.on('error', reject);
  });
}

export function toExchange(req: IncomingMessage, body: Buffer): Exchange {
  const url = req.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  return {
    method: req.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: req.headers,
    body,
  };
}

export function sendReply(res: ServerResponse, reply: Reply): void {
  if (res.destroyed) return;
  const body = reply.body ?? '';
  res.writeHead(reply.status, {
    ...(reply.headers as Record<string, string | string[]> | undefined),
    // A 204 or 304 must not carry a length: strict clients treat it as a framing error.
    ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  res.end(body);
}

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(value),
  };
}

/**
 * Listens and resolves with the real address. Port 0 takes any free one.
 * @throws the bind error (`EADDRINUSE`, `EACCES`) as Node gives it; callers tell the person which port it was.
 */
export function listen(
  handler: (req: IncomingMessage, res: ServerResponse) => void,
  host: string,
  port: number,
): Promise<Listening> {
  const server: Server = createServer(
    // A request line that is too long is for the vendor to refuse.
    { keepAliveTimeout: 75_000, requestTimeout: 0, maxHeaderSize: 64 * 1024 },
    handler,
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const actual = (server.address() as AddressInfo).port;
      const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
      resolve({
        port: actual,
        url: `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${actual}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            // Hanging exchanges (faults) and idle keep-alive sockets would hold the process open for ever.
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** Waits in real time; a pending wait never keeps the process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
