import { parse as parseLossless } from 'lossless-json';
import type QuickBooks from 'node-quickbooks';
import { errorOfFailure, type ConnectorContext, type ConnectorError, type WireExchange } from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpRequest } from '@hub/platform';
import { errorOfAnswer, faultOf, UNREADABLE_ANSWER } from './quickbooks.errors';
import { type WireCall } from './quickbooks.library';
import { type CallMeter } from './quickbooks.meter';
import { type QuickBooksSettings } from './quickbooks.settings';

export type Body = Readonly<Record<string, unknown>>;

/** What a call gave, and what support may see of it. */
export interface QuickBooksCall {
  /** The answer with its numbers digit by digit. */
  readonly result: Result<Body, ConnectorError>;
  readonly exchange?: WireExchange;
}

const MB = 1024 * 1024;
/**
 * What an answer may have at most. What is longer is cut off while it arrives and ends as `response_too_large`: a proxy that
 * answers with anything at all must not cost a worker its processor.
 */
const MOST_BYTES = {
  /** One entity, or a list of ids. An invoice of a thousand lines has half of it. */
  record: MB,
  /** Thirty of them. */
  batch: 16 * MB,
  /** A thousand. */
  page: 64 * MB,
} as const;
export type AnswerKind = keyof typeof MOST_BYTES;
const MINOR_VERSION = '75';
const BATCH = '/batch';

export class QuickBooksClient {
  constructor(
    private readonly context: ConnectorContext,
    readonly settings: QuickBooksSettings,
    private readonly meter: CallMeter,
  ) {}

  /** A read, by node-quickbooks over the hub's own HTTP. */
  async read(
    run: (quickBooks: QuickBooks, done: () => void) => void,
    kind: AnswerKind = 'record',
  ): Promise<QuickBooksCall> {
    const { credentials, companyUrl } = this.settings;
    const accessToken = credentials.access_token;
    if (accessToken === undefined) return NO_TOKEN;
    const company = { realmId: credentials.realm_id, companyUrl, accessToken };
    // node-quickbooks is loaded by the first call: the API makes next to none.
    const { callLibrary } = await import('./quickbooks.library');
    return this.metered(false, true, () => callLibrary(this.context.http, this.limits(kind), company, run));
  }

  /**
   * A write. Not by node-quickbooks: its batch has no `requestid`, its updates throw, its JSON turns amounts into doubles.
   * @param repeatable whether the same call may simply be made again
   */
  async post(
    path: string,
    parameters: Readonly<Record<string, string>>,
    body: string,
    repeatable: boolean,
  ): Promise<QuickBooksCall> {
    const kind = path === BATCH ? 'batch' : 'record';
    return this.send(path, parameters, { body, type: 'application/json' }, repeatable, kind);
  }

  /** A statement of the query language, in a body: in a URL it would be cut. */
  async query(statement: string, kind: AnswerKind = 'page'): Promise<QuickBooksCall> {
    return this.send('/query', {}, { body: statement, type: 'application/text' }, true, kind);
  }

  private async send(
    path: string,
    parameters: Readonly<Record<string, string>>,
    { body, type }: { body: string; type: string },
    repeatable: boolean,
    kind: AnswerKind,
  ): Promise<QuickBooksCall> {
    const { credentials, companyUrl } = this.settings;
    if (credentials.access_token === undefined) return NO_TOKEN;
    const search = new URLSearchParams({ minorversion: MINOR_VERSION, ...parameters });
    const request: SafeHttpRequest = {
      method: 'POST',
      url: `${companyUrl}${credentials.realm_id}${path}?${search.toString()}`,
      headers: {
        authorization: `Bearer ${credentials.access_token}`,
        accept: 'application/json',
        'content-type': type,
      },
      body,
      ...this.limits(kind),
    };
    return this.metered(path === BATCH, repeatable, async () => ({
      request,
      result: await this.context.http.request(request),
    }));
  }

  private async metered(isBatch: boolean, repeatable: boolean, call: () => Promise<WireCall>): Promise<QuickBooksCall> {
    const { companyUrl, credentials, config } = this.settings;
    const company = `${companyUrl}${credentials.realm_id}`;
    // No longer than a second, so nobody has to end it; and nothing comes between the last look and the entry.
    for (let restMs; (restMs = this.meter.restMs(company, config)) > 0;)
      await new Promise((resolve) => setTimeout(resolve, restMs));
    const entered = this.meter.enter(this.context, company, isBatch, config);
    if (!entered.ok) return { result: entered };
    try {
      return this.judge(await call(), repeatable);
    } finally {
      entered.value();
    }
  }

  private limits(kind: AnswerKind) {
    return {
      timeoutMs: this.settings.timeoutMs,
      maxResponseBytes: MOST_BYTES[kind],
      signal: this.context.signal,
    };
  }

  private judge({ request, result }: WireCall, repeatable: boolean): QuickBooksCall {
    const { recorder } = this.settings;
    const exchange = recorder.record(request, result);
    const fail = (error: ConnectorError): QuickBooksCall => ({ result: err(recorder.cleanError(error)), exchange });
    if (!result.ok) return fail(errorOfFailure(result.error, repeatable));
    const answer = result.value;
    if (answer.status < 200 || answer.status >= 300) {
      const error = errorOfAnswer(answer);
      // A gateway that gave up waiting does not know what became of the write.
      const unknown = !repeatable && error.category === 'transient' && answer.status >= 500;
      return fail(unknown ? { ...error, category: 'unknown_outcome' } : error);
    }
    let body: unknown;
    try {
      body = parseLossless(answer.body.toString('utf8'));
    } catch {
      return fail(repeatable ? UNREADABLE_ANSWER : { ...UNREADABLE_ANSWER, category: 'unknown_outcome' });
    }
    if (typeof body !== 'object' || body === null) return fail(UNREADABLE_ANSWER);
    // A success by its status may be a fault by its body.
    if (faultOf(body).length > 0) return fail(errorOfAnswer(answer));
    return { result: ok(body as Body), exchange };
  }
}

const NO_TOKEN: QuickBooksCall = {
  result: err({ category: 'auth_expired', code: 'no_access_token', message: 'No access token yet' }),
};
