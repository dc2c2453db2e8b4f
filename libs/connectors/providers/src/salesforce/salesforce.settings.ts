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
import {
  BATCH_SIZE,
  DEFAULT_API_VERSION,
  DEFAULT_CURRENCY,
  DEFAULT_EXTERNAL_ID_FIELD,
  DEFAULT_INACTIVE_FIELDS,
  DEFAULT_LOGIN_URL,
  DEFAULT_TIMEOUT_MS,
  SALESFORCE_MANIFEST,
  SANDBOX_LOGIN_URL,
} from './salesforce.manifest';

export interface SalesforceConfig {
  readonly environment?: 'production' | 'sandbox';
  readonly instance_url?: string;
  readonly login_url?: string;
  readonly api_version?: string;
  readonly external_id_field?: string;
  readonly external_id_fields?: Readonly<Record<string, string>>;
  readonly allow_duplicates?: boolean;
  readonly timeout_ms?: number;
  readonly bulk_threshold?: number;
  readonly pull_fields?: Readonly<Record<string, readonly string[]>>;
  readonly inactive_fields?: Readonly<Record<string, InactiveField>>;
  readonly default_currency?: string;
}

/** How an object without a flag of its own says that a record is no longer in use. */
export interface InactiveField {
  readonly field: string;
  readonly value: string | boolean;
}

export interface SalesforceCredentials {
  /** Of the customer's own app; the hub's registration is used without them. */
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token: string;
  readonly access_token?: string;
  /** These come from the sign-in. */
  readonly instance_url?: string;
  readonly user_id?: string;
  readonly issued_at?: string;
}

/** A connection's settings, checked and completed. */
export interface SalesforceSettings {
  /** Origin, without a slash at the end. */
  readonly instanceUrl: string;
  readonly apiVersion: string;
  readonly allowDuplicates: boolean;
  readonly timeoutMs: number;
  /** Records of one kind from which they go as one bulk job. */
  readonly bulkThreshold: number;
  readonly credentials: SalesforceCredentials;
  readonly recorder: ExchangeRecorder;
  externalIdFieldOf(object: string): string;
  /** Fields to pull besides the usual ones, by lower-case name of the object. */
  readonly pullFields: ReadonlyMap<string, readonly string[]>;
  inactiveFieldOf(object: string): InactiveField | null;
  /** Of an org that has only one, and therefore never says which. */
  readonly defaultCurrency: string;
}

type Compilation = Result<SalesforceSettings, ConnectorError>;

/** By identity: changed settings are new objects. */
const cache = new WeakMap<
  JsonObject,
  WeakMap<JsonObject, { readonly app: OAuthApp | null; readonly compiled: Compilation }>
>();

export function salesforceSettings({ config, credentials, oauthApp: app }: ConnectorContext): Compilation {
  let byCredentials = cache.get(config);
  if (byCredentials === undefined) cache.set(config, (byCredentials = new WeakMap()));
  const known = byCredentials.get(credentials);
  if (known?.app === app) return known.compiled;
  const compiled = compile(config, credentials, app);
  byCredentials.set(credentials, { app, compiled });
  return compiled;
}

function compile(rawConfig: JsonObject, rawCredentials: JsonObject, app: OAuthApp | null): Compilation {
  const settings = { config: rawConfig, credentials: rawCredentials };
  const connector = { manifest: SALESFORCE_MANIFEST, checkConnection: checkSalesforceConnection };
  const problem = validateConnection(connector, settings, app)[0];
  if (problem !== undefined) {
    return err({ category: 'config', code: 'invalid_config', message: `${problem.pointer}: ${problem.message}` });
  }
  const config = rawConfig as SalesforceConfig;
  const credentials = rawCredentials as unknown as SalesforceCredentials;
  const fields = byLowerCase(config.external_id_fields ?? {});
  const inactive = byLowerCase({ ...DEFAULT_INACTIVE_FIELDS, ...config.inactive_fields });
  return ok({
    instanceUrl: originOf(credentials.instance_url ?? config.instance_url ?? ''),
    apiVersion: config.api_version ?? DEFAULT_API_VERSION,
    allowDuplicates: config.allow_duplicates ?? false,
    timeoutMs: config.timeout_ms ?? DEFAULT_TIMEOUT_MS,
    bulkThreshold: config.bulk_threshold ?? BATCH_SIZE,
    credentials,
    recorder: createExchangeRecorder([
      ...secretsOf(rawCredentials, ['instance_url', 'user_id', 'issued_at', 'client_id']),
      ...(app?.clientSecret == null ? [] : [app.clientSecret]),
    ]),
    externalIdFieldOf: (object) =>
      fields.get(object.toLowerCase()) ?? config.external_id_field ?? DEFAULT_EXTERNAL_ID_FIELD,
    pullFields: byLowerCase(config.pull_fields ?? {}),
    inactiveFieldOf: (object) => inactive.get(object.toLowerCase()) ?? null,
    defaultCurrency: config.default_currency ?? DEFAULT_CURRENCY,
  });
}

/** What the schemas cannot say. Both values have passed them. */
export function checkSalesforceConnection(
  rawConfig: JsonObject,
  rawCredentials: JsonObject,
  app: OAuthApp | null,
): readonly ConfigProblem[] {
  const config = rawConfig as SalesforceConfig;
  const { instance_url } = rawCredentials as unknown as SalesforceCredentials;
  const problems: ConfigProblem[] = [];
  const urls: readonly (readonly [string, string | undefined])[] = [
    ['/config/instance_url', config.instance_url],
    ['/config/login_url', config.login_url],
    ['/credentials/instance_url', instance_url],
  ];
  for (const [pointer, url] of urls) {
    const message = url === undefined ? null : problemOfUrl(url);
    if (message !== null) problems.push({ pointer, code: 'url', message });
  }
  if (problems.length > 0) return problems;
  if (instance_url === undefined && config.instance_url === undefined) {
    problems.push({
      pointer: '/config/instance_url',
      code: 'required',
      message: 'Neither settings nor sign-in name the org',
    });
  }
  if (
    instance_url !== undefined &&
    !trustsInstance(rawConfig, loginUrlOf(rawConfig, app, rawCredentials), instance_url)
  ) {
    problems.push({
      pointer: '/credentials/instance_url',
      code: 'untrusted_host',
      message: 'This host is not one of Salesforce',
    });
  }
  return problems;
}

function problemOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return 'The URL cannot be parsed';
  const { protocol, hostname } = new URL(text);
  // jsforce refuses these hosts with an exception: they serve pages, not the API.
  if (hostname.endsWith('.lightning.force.com'))
    return 'Use the My Domain host (….my.salesforce.com), not the Lightning one';
  // Access tokens travel in the clear otherwise. Whether an inner host may be reached at all is the wall's business.
  if (protocol === 'http:' && !isInnerHost(hostname)) return 'Only https, except for hosts of the own network';
  return null;
}

/** RFC 9700: an address that arrives in an answer gets no token before it is on a list. */
export function trustsInstance(config: JsonObject, loginUrl: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, host, hostname } = new URL(url);
  const { instance_url } = config as SalesforceConfig;
  if (instance_url !== undefined && new URL(instance_url).origin === origin) return true;
  if (new URL(loginUrl).host === host) return true;
  return protocol === 'https:' && /\.(salesforce|force)\.com$/.test(hostname) && problemOfUrl(url) === null;
}

/**
 * Where people sign in and tokens are issued. The hub's client secret and everybody's codes go there, so with the hub's app
 * it is the operator's address, the org's own My Domain, or the vendor's. Any other address that a tenant names is good for
 * the tenant's own app alone.
 */
export function loginUrlOf(config: JsonObject, app: OAuthApp | null, credentials: JsonObject = {}): string {
  const { login_url: named, environment } = config as SalesforceConfig;
  const { client_id: ownApp } = credentials as Partial<SalesforceCredentials>;
  const vendor = environment === 'sandbox' ? SANDBOX_LOGIN_URL : DEFAULT_LOGIN_URL;
  if (ownApp !== undefined) return originOf(named ?? vendor);
  if (app?.endpoints['login'] !== undefined) return originOf(app.endpoints['login']);
  return originOf(named !== undefined && isSalesforceHost(named) ? named : vendor);
}

function isSalesforceHost(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && /\.salesforce\.com$/.test(hostname);
}

/** API names are the same in any case. */
function byLowerCase<T>(values: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

function originOf(url: string): string {
  return new URL(url).origin;
}
