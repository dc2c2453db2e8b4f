import {
  refuseAll,
  unknownOperation,
  type ConnectionTestReport,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type DeliveryRecord,
  errorOfFailure,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { compileHttp, type CompiledHttp } from './http.compiled';
import { checkHttpConnection } from './http.config';
import { HTTP_MANIFEST, HTTP_OPERATION } from './http.manifest';
import { ClientCredentialsTokens } from './http.oauth';
import { errorOfAnswer, outcomeOf } from './http.outcome';
import { authorize, recordRequest } from './http.request';
import { DEFAULT_TIMEOUT_MS } from './http.schemas';

export interface HttpConnectorOptions {
  /** Milliseconds since 1970: what signatures and token lives are reckoned from. */
  readonly now?: () => number;
}

/** Sends each record as one HTTP request. State: the tokens of the client credentials grant. */
export function createHttpConnector(options: HttpConnectorOptions = {}): Connector {
  return new HttpConnector(options.now ?? Date.now);
}

class HttpConnector implements Connector {
  readonly manifest = HTTP_MANIFEST;
  private readonly tokens: ClientCredentialsTokens;

  constructor(private readonly now: () => number) {
    this.tokens = new ClientCredentialsTokens(now);
  }

  checkOperation(operation: string): string | null {
    return operation === HTTP_OPERATION ? null : `The only operation is ${HTTP_OPERATION}`;
  }

  checkConnection = checkHttpConnection;

  async deliver(
    context: ConnectorContext,
    operation: string,
    records: readonly DeliveryRecord[],
  ): Promise<readonly RecordOutcome[]> {
    const problem = this.checkOperation(operation);
    const compiled: Result<CompiledHttp, ConnectorError> =
      problem === null ? compileHttp(context.config, context.credentials) : err(unknownOperation(problem));
    if (!compiled.ok) return refuseAll(records, compiled.error);
    const outcomes: RecordOutcome[] = [];
    for (const record of records) outcomes.push(await this.deliverOne(context, compiled.value, record));
    return outcomes;
  }

  private async deliverOne(
    context: ConnectorContext,
    compiled: CompiledHttp,
    record: DeliveryRecord,
  ): Promise<RecordOutcome> {
    const plain = recordRequest(compiled, record);
    if (!plain.ok) return { ok: false, error: compiled.recorder().cleanError(plain.error) };
    const signing = { idempotencyKey: record.idempotencyKey, nowMs: this.now() };
    const authorized = await authorize(context, compiled, this.tokens, plain.value, signing);
    if (!authorized.ok) return { ok: false, error: compiled.recorder().cleanError(authorized.error) };

    const { request, token } = authorized.value;
    const result = await context.http.request(request);
    const outcome = outcomeOf(compiled, result);
    const recorder = compiled.recorder(token);
    const exchange = recorder.record(request, result);
    if (outcome.ok) return { ...outcome, exchange };
    if (outcome.error.category === 'auth_expired') this.dropToken(context, compiled, token);
    return { ok: false, error: recorder.cleanError(outcome.error), exchange };
  }

  /**
   * With `test_url`: a GET that must succeed. Without: a HEAD to the fixed part of the URL, where any answer proves the
   * address, and 401 or 403 a problem with the credentials; more cannot be tried without writing something.
   */
  async testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const compiled = compileHttp(context.config, context.credentials);
    if (!compiled.ok) return compiled;
    const { config, url, host, headers } = compiled.value;
    const { 'content-type': _withoutBody, ...plainHeaders } = headers;
    const plain = {
      method: config.test_url === undefined ? 'HEAD' : 'GET',
      url: config.test_url ?? url.literalPrefix,
      headers: plainHeaders,
      timeoutMs: config.timeout_ms ?? DEFAULT_TIMEOUT_MS,
    };
    const signing = { idempotencyKey: `test_${context.connectionId}`, nowMs: this.now() };
    const authorized = await authorize(context, compiled.value, this.tokens, plain, signing);
    if (!authorized.ok) return err(compiled.value.recorder().cleanError(authorized.error));
    const { request, token } = authorized.value;
    const result = await context.http.request(request);
    const clean = (error: ConnectorError) => err(compiled.value.recorder(token).cleanError(error));
    if (!result.ok) return clean(errorOfFailure(result.error, true));

    const { status } = result.value;
    const proven =
      config.test_url === undefined
        ? status !== 401 && status !== 403 && status < 500
        : compiled.value.isSuccess(status);
    if (!proven) {
      const error = errorOfAnswer(compiled.value, result.value);
      if (error.category === 'auth_expired') this.dropToken(context, compiled.value, token);
      return clean(error);
    }
    return ok({
      account: new URL(request.url).host,
      details: { host, status, proved: config.test_url === undefined ? 'address' : 'address and credentials' },
    });
  }

  /** Only tokens of the client credentials grant can be renewed; the stored credentials stay as they are. */
  async refreshCredentials(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
    const compiled = compileHttp(context.config, context.credentials);
    if (!compiled.ok) return compiled;
    const { config, credentials } = compiled.value;
    if (config.auth?.kind !== 'oauth2_client_credentials') {
      return err({
        category: 'auth_revoked',
        code: 'not_renewable',
        message: 'These credentials can only be replaced by a person',
      });
    }
    const token = await this.tokens.renew(context, config.auth, credentials);
    return token.ok ? ok(context.credentials) : err(compiled.value.recorder().cleanError(token.error));
  }

  private dropToken(context: ConnectorContext, { config, credentials }: CompiledHttp, token: string | undefined): void {
    if (config.auth?.kind === 'oauth2_client_credentials' && token !== undefined) {
      this.tokens.drop(context, config.auth, credentials, token);
    }
  }
}
