import {
  createExchangeRecorder,
  secretsOf,
  validateConnection,
  type ConnectorContext,
  type ConnectorError,
  type ExchangeRecorder,
  type OAuthApp,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { DEFAULT_TIMEOUT_MS, QUICKBOOKS_MANIFEST } from './quickbooks.manifest';
import { type MinuteLimits } from './quickbooks.meter';

export interface QuickBooksConfig extends MinuteLimits {
  readonly environment?: 'production' | 'sandbox';
  readonly default_item_id?: string;
  readonly income_account_id?: string;
  readonly default_tax_code?: string;
  readonly home_currency?: string;
  readonly allow_duplicate_numbers?: boolean;
  readonly timeout_ms?: number;
}

export interface QuickBooksCredentials {
  readonly realm_id: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token: string;
  readonly access_token?: string;
  readonly issued_at?: number;
  readonly expires_at?: number;
  readonly refresh_expires_at?: number;
}

export interface QuickBooksSettings {
  readonly config: QuickBooksConfig;
  readonly credentials: QuickBooksCredentials;
  /** `https://…/v3/company/`, to which the realm's id is added. */
  readonly companyUrl: string;
  readonly timeoutMs: number;
  readonly recorder: ExchangeRecorder;
}

/** The vendor's addresses: https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0 */
const ENDPOINTS: Readonly<Record<string, string>> = {
  authorize: 'https://appcenter.intuit.com/connect/oauth2',
  token: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
  revoke: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
  api: 'https://quickbooks.api.intuit.com',
};
const SANDBOX_API = 'https://sandbox-quickbooks.api.intuit.com';

export type Endpoint = 'authorize' | 'token' | 'revoke' | 'api';

/** What the operator says for the environment, else the vendor's own address. A tenant cannot choose one: tokens go there. */
export function endpointOf(name: Endpoint, config: JsonObject, app: OAuthApp | null): string {
  const sandboxApi = name === 'api' && (config as QuickBooksConfig).environment === 'sandbox' ? SANDBOX_API : undefined;
  return app?.endpoints[name] ?? sandboxApi ?? (ENDPOINTS[name] as string);
}

const PUBLIC_MEMBERS = ['realm_id', 'client_id', 'issued_at', 'expires_at', 'refresh_expires_at'];

export function recorderOf({ credentials, oauthApp }: ConnectorContext): ExchangeRecorder {
  const ours = oauthApp?.clientSecret ?? null;
  return createExchangeRecorder([...secretsOf(credentials, PUBLIC_MEMBERS), ...(ours === null ? [] : [ours])]);
}

export function quickBooksSettings(context: ConnectorContext): Result<QuickBooksSettings, ConnectorError> {
  const { config, credentials, oauthApp } = context;
  const problem = validateConnection({ manifest: QUICKBOOKS_MANIFEST }, { config, credentials })[0];
  if (problem !== undefined) {
    return err({ category: 'config', code: 'invalid_config', message: `${problem.pointer}: ${problem.message}` });
  }
  const wanted = config as QuickBooksConfig;
  return ok({
    config: wanted,
    credentials: credentials as unknown as QuickBooksCredentials,
    companyUrl: `${endpointOf('api', config, oauthApp).replace(/\/+$/, '')}/v3/company/`,
    timeoutMs: wanted.timeout_ms ?? DEFAULT_TIMEOUT_MS,
    recorder: recorderOf(context),
  });
}
