import {
  createExchangeRecorder,
  secretsOf,
  validateConnection,
  type ConfigProblem,
  type ConnectorContext,
  type ConnectorError,
  type ExchangeRecorder,
  type OAuthApp,
} from '@hub/connector-sdk';
import { err, isInnerHost, ok, type JsonObject, type Result } from '@hub/platform';
import { readPrivateKey } from './netsuite.assertion';
import { DEFAULT_TIMEOUT_MS } from './netsuite.config-schema';
import { NETSUITE_MANIFEST } from './netsuite.manifest';
import { type ItemType } from './netsuite.operation';

export interface NetSuiteConfig {
  readonly account_id: string;
  readonly environment?: 'production' | 'sandbox';
  readonly api_url?: string;
  readonly subsidiary_id?: string;
  readonly default_item_id?: string;
  readonly default_item_type?: ItemType;
  readonly income_account_id?: string;
  readonly cogs_account_id?: string;
  readonly asset_account_id?: string;
  readonly tax_schedule_id?: string;
  readonly default_tax_code_id?: string;
  readonly default_location_id?: string;
  readonly deposit_account_id?: string;
  readonly entity_names?: 'auto' | 'name';
  readonly custom_forms?: Readonly<Record<string, string>>;
  readonly default_currency?: string;
  readonly time_zone?: string;
  readonly pull_fields?: Readonly<Record<string, readonly string[]>>;
  readonly pull_omit_fields?: Readonly<Record<string, readonly string[]>>;
  readonly pull_deletions?: boolean;
  readonly timeout_ms?: number;
}

export interface NetSuiteCredentials {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token?: string;
  readonly certificate_id?: string;
  readonly private_key?: string;
  readonly consumer_key?: string;
  readonly consumer_secret?: string;
  readonly token_id?: string;
  readonly token_secret?: string;
  readonly access_token?: string;
  readonly issued_at?: number;
  readonly expires_at?: number;
  readonly refresh_expires_at?: number;
  readonly clock_offset_ms?: number;
}

export interface NetSuiteSettings {
  readonly config: NetSuiteConfig;
  readonly credentials: NetSuiteCredentials;
  /** `https://1234567.suitetalk.api.netsuite.com/services/rest` */
  readonly restUrl: string;
  readonly timeoutMs: number;
  readonly recorder: ExchangeRecorder;
}

export type SignInKind = 'code' | 'certificate' | 'tba';

/** How this connection proves who it is; null before anybody has signed in. */
export function signInKind(credentials: NetSuiteCredentials): SignInKind | null {
  if (credentials.token_id !== undefined) return 'tba';
  if (credentials.certificate_id !== undefined) return 'certificate';
  return credentials.refresh_token === undefined ? null : 'code';
}

export type Endpoint = 'authorize' | 'token' | 'revoke' | 'api';

const PATHS: Readonly<Record<Exclude<Endpoint, 'api'>, string>> = {
  authorize: '/app/login/oauth2/authorize.nl',
  token: '/services/rest/auth/oauth2/v1/token',
  revoke: '/services/rest/auth/oauth2/v1/revoke',
};

/**
 * Where codes, tokens and records go. With the hub's app that is what the operator says, else one of the vendor's own hosts:
 * a tenant chooses no more of it than the label of the account. Only a tenant that brings an integration record of its own,
 * and so no secret of the hub's, may name another address.
 */
export function endpointOf(
  name: Endpoint,
  config: JsonObject,
  app: OAuthApp | null,
  credentials: JsonObject = {},
): string {
  const { account_id: accountId, api_url: ownUrl } = config as unknown as NetSuiteConfig;
  if (ownUrl !== undefined && bringsOwnApp(credentials)) {
    return name === 'api' ? originOf(ownUrl) : `${originOf(ownUrl)}${PATHS[name]}`;
  }
  const label = accountId.toLowerCase().replaceAll('_', '-');
  const vendor = `https://${label}.${name === 'authorize' ? 'app' : 'suitetalk.api'}.netsuite.com`;
  if (name === 'api') return originOf(app?.endpoints.api ?? vendor);
  return app?.endpoints[name] ?? `${vendor}${PATHS[name]}`;
}

function bringsOwnApp(credentials: JsonObject): boolean {
  const { client_id: clientId, consumer_key: consumerKey } = credentials as NetSuiteCredentials;
  return clientId !== undefined || consumerKey !== undefined;
}

/** No secrets, and needed for reading an exchange. */
const PUBLIC_MEMBERS = [
  'client_id',
  'consumer_key',
  'certificate_id',
  'issued_at',
  'expires_at',
  'refresh_expires_at',
  'clock_offset_ms',
];

/** @param derived secrets that are made for this call alone, such as an assertion */
export function recorderOf(
  { credentials, oauthApp }: ConnectorContext,
  derived: readonly string[] = [],
): ExchangeRecorder {
  const ours = oauthApp?.clientSecret ?? null;
  const secrets = [...secretsOf(credentials, PUBLIC_MEMBERS), ...(ours === null ? [] : [ours]), ...derived];
  return createExchangeRecorder(secrets);
}

export function netSuiteSettings(context: ConnectorContext): Result<NetSuiteSettings, ConnectorError> {
  const { config, credentials, oauthApp } = context;
  const connector = { manifest: NETSUITE_MANIFEST, checkConnection: checkNetSuiteConnection };
  const problem = validateConnection(connector, { config, credentials })[0];
  if (problem !== undefined) {
    return err({ category: 'config', code: 'invalid_config', message: `${problem.pointer}: ${problem.message}` });
  }
  const wanted = config as unknown as NetSuiteConfig;
  return ok({
    config: wanted,
    credentials,
    restUrl: `${endpointOf('api', config, oauthApp, credentials)}/services/rest`,
    timeoutMs: wanted.timeout_ms ?? DEFAULT_TIMEOUT_MS,
    recorder: recorderOf(context),
  });
}

/** What the schemas cannot say. Both values have passed them. */
export function checkNetSuiteConnection(rawConfig: JsonObject, rawCredentials: JsonObject): readonly ConfigProblem[] {
  const { api_url: ownUrl, time_zone: zone } = rawConfig as unknown as NetSuiteConfig;
  const credentials: NetSuiteCredentials = rawCredentials;
  const problems: ConfigProblem[] = [];
  const urlProblem = ownUrl === undefined ? null : problemOfUrl(ownUrl);
  if (urlProblem !== null) problems.push({ pointer: '/config/api_url', code: 'url', message: urlProblem });
  if (ownUrl !== undefined && !bringsOwnApp(rawCredentials)) {
    const message = 'Only with an integration record of your own';
    problems.push({ pointer: '/config/api_url', code: 'own_app_required', message });
  }
  if (zone !== undefined && !isZone(zone)) {
    problems.push({ pointer: '/config/time_zone', code: 'time_zone', message: 'This is no time zone' });
  }
  const { private_key: key } = credentials;
  if (key !== undefined && readPrivateKey(key) === null) {
    const message = 'Must be a private key in PEM without a passphrase: RSA, or EC of 256, 384 or 521 bits';
    problems.push({ pointer: '/credentials/private_key', code: 'private_key', message });
  }
  const kinds = [credentials.refresh_token, credentials.certificate_id, credentials.token_id];
  if (kinds.filter((member) => member !== undefined).length > 1) {
    const message = 'Give one of: refresh token, certificate, or consumer and token';
    problems.push({ pointer: '/credentials', code: 'several_sign_ins', message });
  }
  return problems;
}

function problemOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return 'The URL cannot be parsed';
  const { protocol, hostname } = new URL(text);
  // Tokens travel in the clear otherwise. Whether an inner host may be reached at all is the wall's business.
  return protocol === 'http:' && !isInnerHost(hostname) ? 'Only https, except for hosts of the own network' : null;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}
