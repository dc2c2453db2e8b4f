import { type IHeaders, type IHttpClient } from 'soap';
import {
  type Result,
  type SafeHttp,
  type SafeHttpFailure,
  type SafeHttpRequest,
  type SafeHttpResponse,
} from '@hub/platform';
import { decodeAnswer, type CodePage } from './erp.code-page';

/** A request and what became of it. */
export interface WireCall {
  readonly request: SafeHttpRequest;
  readonly result: Result<SafeHttpResponse, SafeHttpFailure>;
  /** The answer's text in its own encoding; null where there is none, or where it is not what it says it is. */
  readonly text: string | null;
}

export type CallLimits = Pick<SafeHttpRequest, 'timeoutMs' | 'maxResponseBytes' | 'signal' | 'tls'>;

/** Framing belongs to the HTTP client; the rest is soap's. */
const SENT_HEADERS = new Set(['content-type', 'soapaction', 'authorization']);

/**
 * Carries soap over the hub's own HTTP, in place of its axios: deadline, size cap, no redirects, no proxy from the
 * environment, and answers that are read in the code page that they are in. One for each call: `last` is not for sharing.
 */
export class SafeSoapHttp implements IHttpClient {
  last: WireCall | undefined;

  constructor(
    private readonly http: SafeHttp,
    private readonly limits: CallLimits,
    private readonly codePage: CodePage,
    /** Told of what soap throws while it reads an answer: nobody else would ever hear of it, and the call would not end. */
    private readonly onBreak: (error: unknown) => void,
  ) {}

  request(
    url: string,
    data: unknown,
    callback: (error: unknown, response?: unknown, body?: unknown) => unknown,
    headers: IHeaders = {},
  ): ReturnType<IHttpClient['request']> {
    const done = this.send(url, String(data), headers).then((answer) => {
      try {
        if (answer === null) callback(new Error('the answer cannot be read'));
        else callback(null, answer.response, answer.text);
      } catch (error) {
        this.onBreak(error);
      }
    });
    done.catch(this.onBreak);
    // soap only hands it on to who asked for it, and nobody does.
    return done as unknown as ReturnType<IHttpClient['request']>;
  }

  private async send(
    url: string,
    body: string,
    given: IHeaders,
  ): Promise<{ readonly response: object; readonly text: string } | null> {
    const headers = Object.fromEntries(
      Object.entries(given)
        .filter(([name]) => SENT_HEADERS.has(name.toLowerCase()))
        .map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const request: SafeHttpRequest = {
      method: 'POST',
      url,
      headers: { accept: 'text/xml', ...headers },
      body,
      ...this.limits,
    };
    const result = await this.http.request(request);
    const text = result.ok
      ? decodeAnswer(result.value.body, result.value.headers['content-type'] ?? '', this.codePage)
      : null;
    this.last = { request, result, text };
    if (!result.ok || text === null) return null;
    return { response: { status: result.value.status, headers: { ...result.value.headers }, data: text }, text };
  }
}
