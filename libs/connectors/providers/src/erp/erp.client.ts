import type * as Soap from 'soap';
import {
  createExchangeRecorder,
  errorOfFailure,
  type ConnectorContext,
  type ConnectorError,
  type WireExchange,
} from '@hub/connector-sdk';
import { err, ok, REDACTED, type Result, type SafeHttpRequest } from '@hub/platform';
import { type ErpContract, type ErpOperation } from './erp.contract';
import {
  errorOfFault,
  errorOfPage,
  NIGHTLY_WAIT_MS,
  statedLimit,
  UNREADABLE_ANSWER,
  UNREADABLE_ENCODING,
} from './erp.errors';
import { faultOf } from './erp.fault';
import { type ErpSettings } from './erp.settings';
import { SafeSoapHttp, type WireCall } from './erp.soap-http';
import { leftOfWindow } from './erp.time';

/** What soap has made of an answer: every value is text, as the contract's parsing has it. */
export type ErpAnswer = Readonly<Record<string, unknown>>;

/** What a call gave, and what support may see of it. */
export interface ErpCall {
  readonly result: Result<ErpAnswer, ConnectorError>;
  readonly exchange?: WireExchange;
}

/** A page of 500 invoices with many lines. */
const MOST_PAGE_BYTES = 16 * 1024 * 1024;
/** Anything else. What is longer is cut off while it arrives, and is `response_too_large`. */
const MOST_RECORD_BYTES = 1024 * 1024;

type Method = (args: unknown, callback: (error: unknown, result: unknown) => void) => void;

export class ErpClient {
  constructor(
    private readonly context: ConnectorContext,
    readonly settings: ErpSettings,
    readonly contract: ErpContract,
  ) {}

  get connectionId(): string {
    return this.context.connectionId;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** Shown beside the connection: how much of a run's calls is used up. */
  reportCalls(used: number): void {
    this.context.reportLimit({ limit: 'calls_per_run', used, max: this.settings.maxCalls });
  }

  /**
   * One call through soap. Errors are decided by the answer itself: soap's exceptions are of three kinds, an empty answer
   * is a success to it, and so is a redirect.
   *
   * Every call of this connector may be repeated: reads, and writes that bear a message id and are matched by number or
   * reference besides. A call that was perhaps received is therefore `transient`, never `unknown_outcome`.
   * @param args members in the order of the contract: soap orders those of named types, but not the outermost ones.
   */
  async call(operation: ErpOperation, args: object): Promise<ErpCall> {
    const closed = this.closedNow();
    if (closed !== null) return { result: err(closed) };
    const { thrown, value, wire } = await this.invoke(operation, args);
    // Nothing was sent, so the system is not to blame: a broken invariant of ours.
    if (wire === undefined) throw thrown instanceof Error ? thrown : new Error('no call was made');

    const recorder = createExchangeRecorder([...this.settings.secrets, ...tokenOf(wire.request.body)]);
    const exchange = recorder.record(withoutToken(wire.request), readable(wire));
    const result = this.resultOf(operation, wire, thrown, value);
    return result.ok ? { result, exchange } : { result: err(recorder.cleanError(result.error)), exchange };
  }

  private resultOf(
    operation: ErpOperation,
    wire: WireCall,
    thrown: unknown,
    value: unknown,
  ): Result<ErpAnswer, ConnectorError> {
    if (!wire.result.ok) return err(errorOfFailure(wire.result.error, true));
    const answer = wire.result.value;
    const limit = statedLimit(answer);
    if (limit !== null) return err(limit);
    const fault = faultOf(thrown);
    // Before the status: systems answer with faults of 200, and with good messages of 500.
    if (fault !== null) return err(this.withWindow(errorOfFault(fault, answer.status)));
    // soap makes `{}` of an empty 200 and the envelope of an empty body; an answer without members is nothing to it.
    const isAnswer = new RegExp(`<(?:[\\w.-]+:)?${operation}Response[\\s/>]`).test(wire.text ?? '');
    if (thrown === undefined && isAnswer) return ok(isMembers(value) ? value : {});
    const isGood = answer.status >= 200 && answer.status < 300;
    if (wire.text === null && isGood) return err(UNREADABLE_ENCODING);
    return err(isGood ? { ...UNREADABLE_ANSWER, httpStatus: answer.status } : errorOfPage(answer));
  }

  private async invoke(
    operation: ErpOperation,
    args: object,
  ): Promise<{ readonly thrown?: unknown; readonly value?: unknown; readonly wire: WireCall | undefined }> {
    const { settings, context } = this;
    let http: SafeSoapHttp | undefined;
    const soap = await import('soap');
    const outcome = await new Promise<{ readonly thrown?: unknown; readonly value?: unknown }>((resolve) => {
      const limits = {
        timeoutMs: settings.timeoutMs,
        maxResponseBytes: operation === 'GetChangesSince' ? MOST_PAGE_BYTES : MOST_RECORD_BYTES,
        signal: context.signal,
        ...(settings.tls === undefined ? {} : { tls: settings.tls }),
      };
      http = new SafeSoapHttp(context.http, limits, settings.codePage, (error) =>
        resolve({ thrown: error ?? 'broken' }),
      );
      // A client of its own: what it remembers of a call (the password too) is not shared with one beside it.
      const client = new soap.Client(this.contract.wsdl, settings.endpoint, {
        httpClient: http,
        preserveWhitespace: true,
      });
      const security = securityOf(soap, settings);
      if (security !== null) client.setSecurity(security);
      const method = (client as unknown as Readonly<Record<string, Method>>)[operation];
      if (method === undefined) throw new Error(`the contract has no ${operation}`);
      method(args, (error, value) => resolve(error ? { thrown: error } : { value }));
    });
    return { ...outcome, wire: http?.last };
  }

  /** The night belongs to the system's own work. By the hub's clock, because asking the system would be a call. */
  private closedNow(): ConnectorError | null {
    const left = this.leftOfWindow();
    if (left === null) return null;
    return {
      category: 'rate_limited',
      code: 'nightly_window',
      message: `The nightly window of the ERP is open until ${this.settings.nightlyWindow?.to ?? ''}: nothing is sent`,
      retryAfterMs: left,
    };
  }

  /** The system says that its batch is running: until the end of the window where it is known. */
  private withWindow(error: ConnectorError): ConnectorError {
    if (error.code !== 'ERP-9002') return error;
    return { ...error, retryAfterMs: this.leftOfWindow() ?? NIGHTLY_WAIT_MS };
  }

  private leftOfWindow(): number | null {
    const { nightlyWindow, zone } = this.settings;
    return nightlyWindow === null ? null : leftOfWindow(nightlyWindow, zone, Date.now());
  }
}

function securityOf(soap: typeof Soap, { auth, credentials, sendsTimestamp }: ErpSettings): Soap.ISecurity | null {
  const { username = '', password = '' } = credentials;
  switch (auth) {
    case 'certificate':
      return null;
    case 'basic':
      return new soap.BasicAuthSecurity(username, password);
    case 'ws_security_digest':
    case 'ws_security_text':
      return new soap.WSSecurity(username, password, {
        passwordType: auth === 'ws_security_digest' ? 'PasswordDigest' : 'PasswordText',
        hasTimeStamp: sendsTimestamp,
        // A digest is over its time; of a plain password, the time is one more thing that clocks can differ in.
        hasTokenCreated: sendsTimestamp || auth === 'ws_security_digest',
        mustUnderstand: true,
      });
  }
}

const TOKEN_PARTS = /(<wsse:(?:Password|Nonce)\b[^>]*>)([^<]*)(?=<)/g;

/** A digest with its nonce is the password to whoever has time to guess: it is hidden wherever it is quoted. */
function tokenOf(body: SafeHttpRequest['body']): readonly string[] {
  return [...String(body).matchAll(TOKEN_PARTS)].map(([, , value = '']) => value);
}

/** By its place as well: short passwords are not looked for in texts. A payload has no such element, it is escaped. */
function withoutToken(request: SafeHttpRequest): SafeHttpRequest {
  return { ...request, body: String(request.body).replace(TOKEN_PARTS, `$1${REDACTED}`) };
}

/** Support reads UTF-8, whatever the answer is in. */
function readable({ result, text }: WireCall): WireCall['result'] {
  return result.ok && text !== null ? ok({ ...result.value, body: Buffer.from(text) }) : result;
}

function isMembers(value: unknown): value is ErpAnswer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
