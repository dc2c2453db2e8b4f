import { parse as parseLossless } from 'lossless-json';
import {
  errorOfFailure,
  type CallRooms,
  type ConnectorContext,
  type ConnectorError,
  type WireExchange,
} from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpRequest, type SafeHttpResponse } from '@hub/platform';
import { type CallsAtOnce } from './netsuite.calls-at-once';
import { errorOfAnswer, UNREADABLE_ANSWER } from './netsuite.errors';
import { type Members, isMembers } from './netsuite.json';
import { signInKind, type NetSuiteSettings } from './netsuite.settings';
import { encode, signTba, tbaMoment } from './netsuite.tba';

export interface NetSuiteRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/services/rest`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Most bytes of the answer, where that is more than one record. */
  readonly mostBytes?: number;
}

/** What a call gave, and what support may see of it. */
export interface NetSuiteCall<T> {
  readonly result: Result<T, ConnectorError>;
  readonly exchange?: WireExchange;
  /** NetSuite's clock when it answered, in ms; null where it does not say. */
  readonly answeredAtMs: number | null;
}

/** One record with its sublists; what is longer is cut off while it arrives, and is `response_too_large`. */
const MOST_BYTES = 4 * 1024 * 1024;

export class NetSuiteClient {
  constructor(
    private readonly context: ConnectorContext,
    readonly settings: NetSuiteSettings,
    private readonly atOnce: CallsAtOnce,
    private readonly rooms: CallRooms,
  ) {}

  /** For caches: another account behind the same connection is another account. */
  get cacheKey(): string {
    return `${this.context.connectionId} ${this.settings.config.account_id}`;
  }

  /** As NetSuite says: most calls under way, over all integrations of the account. */
  learnCallsAtOnce(max: number): void {
    this.atOnce.learn(this.cacheKey, max);
    this.context.reportLimit({ limit: 'concurrent_calls', used: 1, max });
  }

  /** A call that answers with JSON; its numbers are kept digit by digit. */
  async read(request: NetSuiteRequest): Promise<NetSuiteCall<Members>> {
    return this.call(request, ({ status, body }) => {
      if (status !== 200) return null;
      try {
        const parsed = parseLossless(body.toString('utf8'));
        return isMembers(parsed) ? parsed : null;
      } catch {
        return null;
      }
    });
  }

  /** A call that writes: its answer is empty but for the address of the record. Null where that is missing. */
  async write(request: NetSuiteRequest): Promise<NetSuiteCall<{ readonly id: string | null }>> {
    return this.call(request, ({ status, headers }) =>
      // A page of a proxy comes as 200: nobody can say that anything was written.
      status === 204 ? { id: /\/(-?\d{1,15})\/?$/.exec(headers['location'] ?? '')?.[1] ?? null } : null,
    );
  }

  /**
   * Every call of this connector may be repeated: reads, upserts by external id, changes that set the same values and
   * replace the same lines, deletions. One that was perhaps received is `transient`, never `unknown_outcome`.
   */
  private async call<T>(
    request: NetSuiteRequest,
    accept: (answer: SafeHttpResponse) => T | null,
  ): Promise<NetSuiteCall<T>> {
    const leave = await this.rooms.of(this.cacheKey).enter(this.context.signal);
    let error: ConnectorError | null = null;
    try {
      const called = await this.callNow(request, accept);
      if (!called.result.ok) error = called.result.error;
      return called;
    } finally {
      leave(error);
    }
  }

  private async callNow<T>(
    request: NetSuiteRequest,
    accept: (answer: SafeHttpResponse) => T | null,
  ): Promise<NetSuiteCall<T>> {
    const url = this.urlOf(request);
    const authorization = this.authorize(request.method, url);
    if (authorization === null) return NO_TOKEN;
    const end = this.atOnce.begin(this.cacheKey, this.context.reportLimit);
    let error: ConnectorError | null = null;
    try {
      const called = await this.send(request, url, authorization, accept);
      if (!called.result.ok) error = called.result.error;
      return called;
    } finally {
      end(error);
    }
  }

  private async send<T>(
    request: NetSuiteRequest,
    url: string,
    authorization: string,
    accept: (answer: SafeHttpResponse) => T | null,
  ): Promise<NetSuiteCall<T>> {
    const { timeoutMs, recorder } = this.settings;
    const sent: SafeHttpRequest = {
      method: request.method,
      url,
      headers: {
        authorization,
        accept: '*/*',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      timeoutMs,
      maxResponseBytes: request.mostBytes ?? MOST_BYTES,
      signal: this.context.signal,
    };
    const result = await this.context.http.request(sent);
    const exchange = recorder.record(sent, result);
    if (!result.ok) {
      return { result: err(recorder.cleanError(errorOfFailure(result.error, true))), exchange, answeredAtMs: null };
    }
    const answer = result.value;
    const answeredAtMs = clockOf(answer);
    if (answer.status < 200 || answer.status >= 300) {
      return { result: err(recorder.cleanError(errorOfAnswer(answer))), exchange, answeredAtMs };
    }
    const value = accept(answer);
    const judged = value === null ? err({ ...UNREADABLE_ANSWER, httpStatus: answer.status }) : ok(value);
    return { result: judged, exchange, answeredAtMs };
  }

  private urlOf({ path, query = {} }: NetSuiteRequest): string {
    const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    return `${this.settings.restUrl}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  }

  private authorize(method: string, url: string): string | null {
    const { credentials, config } = this.settings;
    if (signInKind(credentials) === 'tba') {
      const { consumer_key: key, consumer_secret: secret, token_id: token, token_secret: tokenSecret } = credentials;
      return signTba(
        {
          accountId: config.account_id,
          consumerKey: key ?? '',
          consumerSecret: secret ?? '',
          tokenId: token ?? '',
          tokenSecret: tokenSecret ?? '',
        },
        method,
        url,
        tbaMoment(Date.now() + (credentials.clock_offset_ms ?? 0)),
      );
    }
    return credentials.access_token === undefined ? null : `Bearer ${credentials.access_token}`;
  }
}

export function clockOf({ headers }: SafeHttpResponse): number | null {
  const ms = Date.parse(headers['date'] ?? '');
  return Number.isNaN(ms) ? null : ms;
}

const NO_TOKEN: NetSuiteCall<never> = {
  result: err({ category: 'auth_expired', code: 'no_access_token', message: 'No access token yet' }),
  answeredAtMs: null,
};
