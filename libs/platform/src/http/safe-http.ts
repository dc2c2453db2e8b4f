import { Agent, type Dispatcher } from 'undici';
import { err, type Result } from '../result/result';
import { createGuardedConnector, type ResolveAll } from './guarded-connector';
import { HttpCall } from './http-call';
import { type SafeHttp, type SafeHttpFailure, type SafeHttpRequest, type SafeHttpResponse } from './safe-http.types';
import { createAddressGuard } from './ssrf-guard';
import { TlsAgents, type TlsConnectOptions } from './tls-agents';

/** As whom the hub calls. */
export const HUB_USER_AGENT = 'integration-hub/0.1';

export interface SafeHttpOptions {
  /** CIDR ranges that are open although the wall closes them, such as `127.0.0.0/8` in development. */
  readonly egressAllow: readonly string[];
  readonly userAgent: string;
  /** Name resolution, TCP and TLS together. Default 5,000 ms. */
  readonly connectTimeoutMs?: number;
  /** Longest silence between two pieces of an answer's body. The wait for its head is bounded by the deadline. Default 10,000 ms. */
  readonly idleTimeoutMs?: number;
  /** Sockets for one scheme, host and port; further calls queue. Default 256. */
  readonly maxConnectionsPerOrigin?: number;
  /** How long an unused socket is kept, unless the server says less. Default 4,000 ms. */
  readonly keepAliveMs?: number;
  /** Replaces the system's resolver. */
  readonly resolveAll?: ResolveAll;
}

export interface ClosableSafeHttp extends SafeHttp {
  /** Waits for calls under way (each has its deadline), then closes every socket. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 1024 * 1024;
/** Above it, Node fires a timer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They frame the message or belong to one hop: a tenant who sets them can smuggle a second request or another host. */
const RESERVED_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** True for a name and value that {@link SafeHttp} sends; connectors check configured headers with it beforehand. */
export function isSendableHeader(name: string, value: string): boolean {
  return TOKEN.test(name) && !RESERVED_HEADERS.has(name.toLowerCase()) && FIELD_VALUE.test(value);
}

/**
 * The one way out of the hub for whatever a tenant can aim. No redirect is followed (a 3xx is an answer), nothing is
 * retried, proxies from the environment are not used, and every failure is a value.
 * @throws for a malformed range in `egressAllow`.
 */
export function createSafeHttp(options: SafeHttpOptions): ClosableSafeHttp {
  const guard = createAddressGuard(options.egressAllow);
  const open = (tls?: TlsConnectOptions): Agent =>
    new Agent({
      connect: createGuardedConnector(guard, options.connectTimeoutMs ?? 5_000, options.resolveAll, tls),
      connections: options.maxConnectionsPerOrigin ?? 256,
      pipelining: 1,
      keepAliveTimeout: options.keepAliveMs ?? 4_000,
      headersTimeout: 0,
      bodyTimeout: options.idleTimeoutMs ?? 10_000,
    });
  // By the first call: a process that makes none loads no client.
  let agent: Agent | undefined;
  const identities = new TlsAgents(open);

  let closing: Promise<void> | undefined;
  return {
    request: (request) => {
      // Once closing, no agent is opened any more: the closed one refuses.
      const isPlain = request.tls === undefined || closing !== undefined;
      return send(isPlain ? (agent ??= open()) : identities.of(request.tls), options.userAgent, request);
    },
    close: () => (closing ??= Promise.all([(agent ??= open()).close(), identities.close()]).then(() => undefined)),
  };
}

type Outcome = Result<SafeHttpResponse, SafeHttpFailure>;

function send(agent: Agent, userAgent: string, request: SafeHttpRequest): Promise<Outcome> {
  const prepared = prepare(userAgent, request);
  if (!prepared.ok) return Promise.resolve(prepared);
  if (request.signal?.aborted === true) return Promise.resolve(refuse('aborted', 'The call was cancelled'));
  return new Promise((resolve) => {
    const limits = {
      timeoutMs: Math.min(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, MAX_TIMER_MS),
      maxResponseBytes: request.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
      signal: request.signal,
    };
    const call = new HttpCall(request.method === 'HEAD', limits, resolve);
    try {
      agent.dispatch(prepared.value, call);
    } catch (error) {
      call.onResponseError(undefined, error instanceof Error ? error : new Error('dispatch failed'));
    }
  });
}

function prepare(userAgent: string, request: SafeHttpRequest): Result<Dispatcher.DispatchOptions, SafeHttpFailure> {
  const target = parseTarget(request.url);
  if (typeof target === 'string') return refuse('invalid_url', target);
  if (!METHODS.has(request.method)) return refuse('invalid_request', 'The HTTP method is not supported');

  const headers: Record<string, string> = { 'user-agent': userAgent, 'accept-encoding': 'identity' };
  const given = request.headers ?? {};
  for (const name in given) {
    const value = given[name]!;
    // The value stays out of the message: it may be a credential.
    if (!isSendableHeader(name, value))
      return refuse('invalid_request', `The header ${printable(name)} cannot be sent`);
    const lower = name.toLowerCase();
    // Own names in lower case, so that a caller's User-Agent replaces ours instead of standing beside it.
    if (lower === 'user-agent') headers['user-agent'] = value;
    else headers[name] = value;
  }
  return {
    ok: true,
    value: {
      origin: target.origin,
      path: target.pathname + target.search,
      method: request.method,
      headers,
      body: request.body ?? null,
    },
  };
}

function parseTarget(text: string): URL | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'The URL cannot be parsed';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'Only http and https URLs are called';
  if (url.username !== '' || url.password !== '') return 'Credentials do not belong in a URL';
  if (url.hostname === '') return 'The URL has no host';
  return url;
}

function refuse(
  kind: SafeHttpFailure['kind'],
  message: string,
): { readonly ok: false; readonly error: SafeHttpFailure } {
  return err({ kind, message, mayHaveBeenSent: false, durationMs: 0 });
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
