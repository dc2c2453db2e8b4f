import { type ConnectorContext, type ConnectorError, type DeliveryRecord } from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpRequest } from '@hub/platform';
import { basicUser, type CompiledHttp } from './http.compiled';
import { type ClientCredentialsTokens } from './http.oauth';
import { DEFAULT_TIMEOUT_MS } from './http.schemas';
import { hmacHeaders, webhookHeaders, type SignedRequest } from './http.signature';

export interface AuthorizedRequest {
  readonly request: SafeHttpRequest;
  /** Fetched for this call; to be forgotten when the receiver refuses it. */
  readonly token?: string;
}

/** Everything of a delivery but the authentication. */
export function recordRequest(compiled: CompiledHttp, record: DeliveryRecord): Result<SafeHttpRequest, ConnectorError> {
  const url = compiled.url.expand(record);
  if (!url.ok) return err({ category: 'validation', ...url.error });
  const headers: Record<string, string> = { ...compiled.headers };
  if (!compiled.sendsBody) delete headers['content-type'];
  headers[(compiled.config.idempotency_header ?? 'Idempotency-Key').toLowerCase()] = record.idempotencyKey;
  headers['webhook-id'] = record.idempotencyKey;
  if (record.traceparent !== null) headers['traceparent'] = record.traceparent;
  return ok({
    method: compiled.config.method ?? 'POST',
    url: url.value,
    headers,
    // Byte for byte as mapped: parsing and printing it again could change numbers, and would break signatures of ours.
    ...(compiled.sendsBody ? { body: record.payloadText } : {}),
    timeoutMs: compiled.config.timeout_ms ?? DEFAULT_TIMEOUT_MS,
  });
}

/** Adds the credentials, and last the signatures, which cover what is sent. */
export async function authorize(
  context: ConnectorContext,
  compiled: CompiledHttp,
  tokens: ClientCredentialsTokens,
  plain: SafeHttpRequest,
  signing: { readonly idempotencyKey: string; readonly nowMs: number },
): Promise<Result<AuthorizedRequest, ConnectorError>> {
  const { config, credentials } = compiled;
  const auth = config.auth ?? { kind: 'none' };
  const headers: Record<string, string> = { ...plain.headers };
  let { url } = plain;
  let token: string | undefined;
  switch (auth.kind) {
    case 'none':
    case 'hmac':
      break;
    case 'basic':
      headers['authorization'] = `Basic ${basicUser(credentials.username ?? '', credentials.password ?? '')}`;
      break;
    case 'bearer':
      headers['authorization'] = `Bearer ${credentials.token}`;
      break;
    case 'api_key': {
      const value = `${auth.prefix ?? ''}${credentials.api_key}`;
      if (auth.in === 'query') url = withQuery(url, auth.name, value);
      else headers[auth.name.toLowerCase()] = value;
      break;
    }
    case 'oauth2_client_credentials': {
      const fetched = await tokens.get(context, auth, credentials);
      if (!fetched.ok) return fetched;
      token = fetched.value;
      headers['authorization'] = `Bearer ${token}`;
    }
  }
  const signed: SignedRequest = { ...signing, method: plain.method, url, body: plain.body?.toString() ?? '' };
  if (auth.kind === 'hmac') Object.assign(headers, hmacHeaders(auth, credentials.hmac_secret ?? '', signed));
  if (config.sign_webhooks === true) Object.assign(headers, webhookHeaders(credentials, signed));
  return ok({ request: { ...plain, url, headers, signal: context.signal }, ...(token === undefined ? {} : { token }) });
}

/** Appends by hand: `URLSearchParams` would respell the parameters that are there already. */
function withQuery(url: string, name: string, value: string): string {
  const separator = url.includes('?') ? (/[?&]$/.test(url) ? '' : '&') : '?';
  return `${url}${separator}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}
