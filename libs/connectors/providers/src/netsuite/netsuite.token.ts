import {
  errorOfFailure,
  errorOfStatus,
  type ConnectorContext,
  type ConnectorError,
  type ErrorCategory,
  type TokenLifetime,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { readPrivateKey, signAssertion } from './netsuite.assertion';
import { clockOf } from './netsuite.client';
import { endpointOf, recorderOf, signInKind, type NetSuiteConfig, type NetSuiteCredentials } from './netsuite.settings';
import { signTba, tbaMoment } from './netsuite.tba';

export const SCOPE = 'rest_webservices';
const TOKEN_TIMEOUT_MS = 15_000;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const HOUR_MS = 3_600_000;
/** Where the token does not say itself when it ends. A public client's is good for three hours, and for one use. */
const REFRESH_LIFE_MS = { confidential: 7 * 24 * HOUR_MS, public: 3 * HOUR_MS };
/** NetSuite takes a timestamp within five minutes; the difference is corrected long before. */
const WORTH_CORRECTING_MS = 2_000;
/** Whether a token was revoked is known at once. In doubt nobody is asked to sign in again. */
const DISGUISED_LIMIT_MS = 5_000;

/** The integration record that the tokens belong to. */
export interface App {
  readonly id: string;
  /** Null for a public client. */
  readonly secret: string | null;
}

/** The connection's own, else the hub's. The hub's secret never stands in for one that a tenant has left out. */
export function appOf({ credentials, oauthApp }: ConnectorContext): App | null {
  const { client_id: id, client_secret: secret } = credentials as NetSuiteCredentials;
  if (id !== undefined) return { id, secret: secret ?? null };
  return oauthApp === null ? null : { id: oauthApp.clientId, secret: oauthApp.clientSecret };
}

export const NO_APP: ConnectorError = {
  category: 'config',
  code: 'oauth_app_missing',
  message:
    'This hub has no NetSuite integration record for the environment of this connection, and the connection has none of its own',
};

export async function refreshCredentials(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
  const credentials = context.credentials as NetSuiteCredentials;
  switch (signInKind(credentials)) {
    case 'tba':
      return checkTba(context, credentials);
    case 'certificate':
      return tokensByCertificate(context, credentials);
    case 'code':
      return refreshTokens(context, credentials.refresh_token ?? '');
    case null:
      return err({ category: 'config', code: 'not_signed_in', message: 'Nobody has signed in yet' });
  }
}

/** The form of the token endpoint, by a client that proves itself with its secret, or only names itself. */
export async function requestTokens(
  context: ConnectorContext,
  form: Readonly<Record<string, string>>,
): Promise<Result<JsonObject, ConnectorError>> {
  const app = appOf(context);
  if (app === null) return err(NO_APP);
  const granted = await postForm(context, 'token', app, form);
  if (!granted.ok) return granted;
  const { access_token: access, refresh_token: refresh, expires_in: expiresIn } = granted.value;
  const now = Date.now();
  const token = typeof refresh === 'string' && refresh !== '' ? refresh : null;
  return ok({
    ...accessMembers(access, expiresIn, now),
    ...(token === null ? {} : { refresh_token: token, refresh_expires_at: endOf(token) ?? now + refreshLifeMs(app) }),
  });
}

/** A confidential client's refresh token stays and keeps its end; a public client's is another one each time. */
async function refreshTokens(context: ConnectorContext, token: string): Promise<Result<JsonObject, ConnectorError>> {
  const granted = await requestTokens(context, { grant_type: 'refresh_token', refresh_token: token });
  return granted.ok ? ok({ ...context.credentials, ...granted.value }) : granted;
}

/** Machine to machine: no refresh token, so each token is asked for anew with a signed assertion. */
async function tokensByCertificate(
  context: ConnectorContext,
  { client_id: clientId = '', certificate_id: certificateId = '', private_key: pem = '' }: NetSuiteCredentials,
): Promise<Result<JsonObject, ConnectorError>> {
  const key = readPrivateKey(pem);
  if (key === null) {
    return err({ category: 'config', code: 'private_key', message: 'The private key cannot be read' });
  }
  const audience = endpointOf('token', context.config, context.oauthApp, context.credentials);
  const assertion = signAssertion(key, { clientId, certificateId, audience, scope: SCOPE }, Date.now());
  const granted = await postForm(context, 'token', null, {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
  });
  if (!granted.ok) return granted;
  const { access_token: access, expires_in: expiresIn } = granted.value;
  return ok({ ...context.credentials, ...accessMembers(access, expiresIn, Date.now()) });
}

/**
 * Consumer and token never end and cannot be refreshed, but a refused login has causes that pass: a clock of ours that is
 * off, or more calls at once than the account allows. A harmless call tells them from a token that was revoked.
 */
async function checkTba(
  context: ConnectorContext,
  credentials: NetSuiteCredentials,
): Promise<Result<JsonObject, ConnectorError>> {
  const offsetMs = credentials.clock_offset_ms ?? 0;
  const first = await askServerTime(context, credentials, offsetMs);
  if (!first.ok) return first;
  const measured = first.value.clockMs === null ? offsetMs : first.value.clockMs - Date.now();
  const corrected = Math.abs(measured - offsetMs) > WORTH_CORRECTING_MS ? measured : offsetMs;
  if (first.value.isLoggedIn) return ok({ ...context.credentials, clock_offset_ms: offsetMs });
  if (corrected !== offsetMs) {
    // Not the same call again: this one carries NetSuite's own time.
    const second = await askServerTime(context, credentials, corrected);
    if (!second.ok) return second;
    if (second.value.isLoggedIn) return ok({ ...context.credentials, clock_offset_ms: corrected });
  }
  return err({
    category: 'auth_revoked',
    code: 'INVALID_LOGIN',
    message:
      'NetSuite refuses the token. Why it does is in the Login Audit Trail: the token or the role may have been revoked',
    httpStatus: 401,
  });
}

async function askServerTime(
  context: ConnectorContext,
  credentials: NetSuiteCredentials,
  offsetMs: number,
): Promise<Result<{ readonly isLoggedIn: boolean; readonly clockMs: number | null }, ConnectorError>> {
  const { config, oauthApp, http, signal } = context;
  const url = `${endpointOf('api', config, oauthApp, context.credentials)}/services/rest/system/v1/serverTime`;
  const tba = {
    accountId: (config as unknown as NetSuiteConfig).account_id,
    consumerKey: credentials.consumer_key ?? '',
    consumerSecret: credentials.consumer_secret ?? '',
    tokenId: credentials.token_id ?? '',
    tokenSecret: credentials.token_secret ?? '',
  };
  const authorization = signTba(tba, 'GET', url, tbaMoment(Date.now() + offsetMs));
  const result = await http.request({
    method: 'GET',
    url,
    headers: { authorization, accept: '*/*' },
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: 64 * 1024,
    signal,
  });
  if (!result.ok) return err(recorderOf(context).cleanError(errorOfFailure(result.error, true)));
  const { status, headers, durationMs } = result.value;
  if (status === 401 && durationMs >= DISGUISED_LIMIT_MS) {
    const message = 'NetSuite refused the login late, as it does above its limit on calls at once';
    return err({ category: 'concurrency', code: 'INVALID_LOGIN', message, httpStatus: 401 });
  }
  if (status === 200 || status === 401) {
    return ok({ isLoggedIn: status === 200, clockMs: clockOf(result.value) });
  }
  const error = errorOfStatus(status, headers, 'NetSuite');
  return err(error.category === 'rate_limited' ? { ...error, category: 'concurrency' } : error);
}

export async function postForm(
  context: ConnectorContext,
  endpoint: 'token' | 'revoke',
  app: App | null,
  form: Readonly<Record<string, string>>,
): Promise<Result<JsonObject, ConnectorError>> {
  const recorder = recorderOf(
    context,
    Object.values(form).filter((value) => value.length > 40),
  );
  const basic = app?.secret == null ? null : `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`;
  const members = app !== null && basic === null ? { ...form, client_id: app.id } : form;
  const result = await context.http.request({
    method: 'POST',
    url: endpointOf(endpoint, context.config, context.oauthApp, context.credentials),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(basic === null ? {} : { authorization: basic }),
    },
    body: new URLSearchParams(members).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: 64 * 1024,
    signal: context.signal,
  });
  if (!result.ok) return err(recorder.cleanError(errorOfFailure(result.error, true)));
  const { status, headers, body } = result.value;
  const answer = parseObject(body.toString('utf8'));
  if (status !== 200) return err(recorder.cleanError(refusal(status, headers, answer, app === null)));
  if (endpoint === 'revoke') return ok({});
  if (typeof answer['access_token'] === 'string' && answer['access_token'] !== '') return ok(answer);
  const message = 'The token endpoint answered without a token';
  return err({ category: 'transient', code: 'unreadable_answer', message });
}

/** NetSuite names no reason here: it is in the account's Login Audit Trail. */
function refusal(
  status: number,
  headers: Readonly<Record<string, string>>,
  answer: JsonObject,
  byCertificate: boolean,
): ConnectorError {
  const generic = errorOfStatus(status, headers, 'The NetSuite token endpoint');
  const code = answer['error'];
  if (typeof code !== 'string' || !/^[\w.-]{1,100}$/.test(code)) {
    return generic.category === 'validation' ? { ...generic, category: 'config' } : generic;
  }
  const known: Readonly<Record<string, ErrorCategory>> = {
    invalid_grant: 'auth_revoked',
    // Somebody has blocked the integration record in the account.
    unauthorized_client: 'auth_revoked',
    access_denied: 'auth_revoked',
    // Of a certificate: revoked, or past its end. Of a secret: a setting that is wrong.
    invalid_client: byCertificate ? 'auth_revoked' : 'config',
    server_error: 'transient',
    temporarily_unavailable: 'transient',
  };
  return {
    ...generic,
    category: known[code] ?? (status >= 500 ? 'transient' : 'config'),
    code,
    message: `Token refused: ${code}. The reason is in the account’s Login Audit Trail`,
  };
}

export function netSuiteTokenLifetime(credentials: JsonObject): TokenLifetime | null {
  const { issued_at: issuedAt, expires_at: expiresAt, refresh_expires_at: end } = credentials as NetSuiteCredentials;
  if (issuedAt === undefined) return null;
  return { issuedAtMs: issuedAt, expiresAtMs: expiresAt ?? null, refreshExpiresAtMs: end ?? null };
}

function accessMembers(access: unknown, expiresIn: unknown, now: number): JsonObject {
  // Sent as text or as a number.
  const life = Number(expiresIn);
  const lifeMs = Number.isFinite(life) && life > 0 ? life * 1000 : HOUR_MS;
  return { access_token: String(access), issued_at: now, expires_at: now + lifeMs };
}

/** When a refresh token ends by its own words. They are not verified, because nothing but a reminder depends on them. */
function endOf(token: string): number | null {
  const claims = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const end = claims['exp'];
  return typeof end === 'number' && Number.isSafeInteger(end) && end > 0 ? end * 1000 : null;
}

function refreshLifeMs(app: App): number {
  return app.secret === null ? REFRESH_LIFE_MS.public : REFRESH_LIFE_MS.confidential;
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}
