import { PassThrough } from 'node:stream';
import { Transport } from 'jsforce/lib/transport';
import { type HttpRequest, type HttpResponse } from 'jsforce/lib/types';
import { StreamPromise } from 'jsforce/lib/util/promise';
import {
  type Result,
  type SafeHttp,
  type SafeHttpFailure,
  type SafeHttpRequest,
  type SafeHttpResponse,
} from '@hub/platform';

/** A request and what became of it. */
export interface WireCall {
  readonly request: SafeHttpRequest;
  readonly result: Result<SafeHttpResponse, SafeHttpFailure>;
}

export interface TransportLimits {
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Carries jsforce over the hub's own HTTP, which takes away its traps: 30 minutes of time-out, five retries that ignore
 * `Retry-After`, redirects followed with the token, proxies from the environment. It keeps the last call,
 * because jsforce's errors know neither status nor headers. One transport per call: `last` is not for sharing.
 */
export class SafeTransport extends Transport {
  last: WireCall | undefined;

  constructor(
    private readonly http: SafeHttp,
    private readonly limits: TransportLimits,
  ) {
    super();
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough().end(), promise: this.send(request) }));
  }

  private async send({ method, url, headers = {}, body }: HttpRequest): Promise<HttpResponse> {
    // Framing belongs to the HTTP client.
    const { 'content-length': _length, ...rest } = headers;
    const request: SafeHttpRequest = {
      method,
      url,
      headers: { accept: 'application/json', ...rest },
      ...(typeof body === 'string' ? { body } : {}),
      ...this.limits,
    };
    const result = await this.http.request(request);
    this.last = { request, result };
    if (!result.ok) throw new Error(result.error.message);
    return {
      statusCode: result.value.status,
      headers: { ...result.value.headers },
      body: result.value.body.toString('utf8'),
    };
  }
}
