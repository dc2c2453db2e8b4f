import { type Connection } from 'jsforce/lib/connection';
import {
  errorOfFailure,
  type CallRoom,
  type ConnectorContext,
  type ConnectorError,
  type WireExchange,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { errorOfAnswer, UNREADABLE_ANSWER } from './salesforce.errors';
import { type JobTimes } from './salesforce.job-times';
import { type SalesforceSettings } from './salesforce.settings';
import { type SafeTransport } from './salesforce.transport';
import { readApiUsage } from './salesforce.usage';

/** What a call gave, and what support may see of it. */
export interface SalesforceCall<T> {
  readonly result: Result<T, ConnectorError>;
  readonly exchange?: WireExchange;
  /** Of a good answer, as it came: jsforce has turned its numbers into doubles. */
  readonly bodyText?: string;
  /** The org's clock when it answered, RFC 3339; null where it does not say. */
  readonly answeredAt?: string | null;
}

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

export class SalesforceClient {
  constructor(
    private readonly context: ConnectorContext,
    readonly settings: SalesforceSettings,
    private readonly room: CallRoom,
    readonly jobTimes: JobTimes,
  ) {}

  get connectionId(): string {
    return this.context.connectionId;
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** The same, for what has to be done although nobody waits any more. */
  under(signal: AbortSignal): SalesforceClient {
    return new SalesforceClient({ ...this.context, signal }, this.settings, this.room, this.jobTimes);
  }

  /**
   * Runs one jsforce call on a connection of its own. Errors are decided by the answer itself and not by jsforce's
   * exception, which has lost the status and wraps several errors into one.
   *
   * Every call of this connector may be repeated: reads, upserts by external id, updates that set the same values again.
   * A call that was perhaps received is therefore `transient`, never `unknown_outcome`.
   */
  async call<T>(
    run: (connection: Connection) => PromiseLike<T>,
    maxResponseBytes = DEFAULT_MAX_BYTES,
  ): Promise<SalesforceCall<T>> {
    const leave = await this.room.enter(this.context.signal);
    let error: ConnectorError | null = null;
    try {
      const call = await this.callNow(run, maxResponseBytes);
      error = call.result.ok ? null : call.result.error;
      return call;
    } finally {
      leave(error);
    }
  }

  private async callNow<T>(
    run: (connection: Connection) => PromiseLike<T>,
    maxResponseBytes: number,
  ): Promise<SalesforceCall<T>> {
    const { settings } = this;
    const accessToken = settings.credentials.access_token;
    if (accessToken === undefined) {
      return { result: err({ category: 'auth_expired', code: 'no_access_token', message: 'No access token yet' }) };
    }
    // jsforce is loaded by the first call: the API makes next to none.
    const { SafeTransport } = await import('./salesforce.transport');
    const transport = new SafeTransport(this.context.http, {
      timeoutMs: settings.timeoutMs,
      maxResponseBytes,
      signal: this.context.signal,
    });
    const connection = await this.connect(accessToken, transport);
    let value: T | undefined;
    let thrown: unknown;
    try {
      value = await run(connection);
    } catch (error) {
      thrown = error;
    }
    const { last } = transport;
    // Nothing was sent, so the vendor is not to blame: a broken invariant of ours.
    if (last === undefined) throw thrown instanceof Error ? thrown : new Error('No call was made');

    const exchange = settings.recorder.record(last.request, last.result);
    const fail = (error: ConnectorError): SalesforceCall<T> => ({
      result: err(settings.recorder.cleanError(error)),
      exchange,
    });
    if (!last.result.ok) return fail(errorOfFailure(last.result.error, true));
    const answer = last.result.value;
    const usage = readApiUsage(answer.headers['sforce-limit-info']);
    if (usage !== null) this.context.reportLimit({ limit: 'daily_calls', ...usage });
    if (answer.status < 200 || answer.status >= 300) return fail(errorOfAnswer(answer));
    if (thrown !== undefined) return fail({ ...UNREADABLE_ANSWER, httpStatus: answer.status });
    return {
      result: ok(value as T),
      exchange,
      bodyText: answer.body.toString('utf8'),
      answeredAt: instantOf(answer.headers['date']),
    };
  }

  /** Without refresh function: on 401 jsforce would refresh and repeat without end, and drop rotated refresh tokens. */
  private async connect(accessToken: string, transport: SafeTransport): Promise<Connection> {
    const { instanceUrl, apiVersion } = this.settings;
    const jsforce = await import('jsforce/lib/connection');
    const connection = new jsforce.Connection({
      instanceUrl,
      accessToken,
      version: apiVersion,
      callOptions: { client: 'integration-hub' },
    });
    connection._transport = transport;
    return connection;
  }
}

function instantOf(date: string | undefined): string | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
