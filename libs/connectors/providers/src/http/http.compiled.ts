import {
  createExchangeRecorder,
  secretsOf,
  validateConnection,
  type ConnectorError,
  type ExchangeRecorder,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { checkHttpConnection, type HttpConfig, type HttpCredentials } from './http.config';
import { basicClientCredentials } from './http.oauth';
import { HTTP_MANIFEST } from './http.manifest';
import { parseUrlTemplate, type UrlTemplate } from './http.url';

/** A connection's settings, checked and made ready once for many deliveries. */
export interface CompiledHttp {
  readonly config: HttpConfig;
  readonly credentials: HttpCredentials;
  readonly url: UrlTemplate;
  readonly host: string;
  readonly sendsBody: boolean;
  /** Static headers in lower case, the content type among them. */
  readonly headers: Readonly<Record<string, string>>;
  isSuccess(status: number): boolean;
  isRetried(status: number): boolean;
  /** @param token fetched at run time, hence not among the credentials. */
  recorder(token?: string): ExchangeRecorder;
}

type Compilation = Result<CompiledHttp, ConnectorError>;

/** By identity: whoever changes settings makes new objects, and what is forgotten is collected with them. */
const cache = new WeakMap<JsonObject, WeakMap<JsonObject, Compilation>>();

export function compileHttp(config: JsonObject, credentials: JsonObject): Compilation {
  let byCredentials = cache.get(config);
  if (byCredentials === undefined) cache.set(config, (byCredentials = new WeakMap()));
  let compiled = byCredentials.get(credentials);
  if (compiled === undefined) byCredentials.set(credentials, (compiled = compile(config, credentials)));
  return compiled;
}

function compile(rawConfig: JsonObject, rawCredentials: JsonObject): Compilation {
  // Settings were checked when they were saved; the hub's rules may have become stricter since.
  const settings = { config: rawConfig, credentials: rawCredentials };
  const problem = validateConnection({ manifest: HTTP_MANIFEST, checkConnection: checkHttpConnection }, settings)[0];
  const config = rawConfig as unknown as HttpConfig;
  const credentials = rawCredentials as HttpCredentials;
  const url = problem === undefined ? parseUrlTemplate(config.url) : err(problem.message);
  if (!url.ok) {
    return err({
      category: 'config',
      code: 'invalid_config',
      message: `${problem?.pointer ?? '/config/url'}: ${url.error}`,
    });
  }
  const method = config.method ?? 'POST';
  const success = config.success_statuses === undefined ? null : new Set(config.success_statuses);
  const retried = new Set(config.retry_statuses);
  const secrets = allSecrets(rawCredentials, credentials);
  const recorder = createExchangeRecorder(secrets);
  let latest: { readonly token: string; readonly recorder: ExchangeRecorder } | undefined;
  return ok({
    config,
    credentials,
    url: url.value,
    host: new URL(url.value.literalPrefix).host,
    sendsBody: (config.body ?? (method === 'GET' || method === 'DELETE' ? 'none' : 'payload')) === 'payload',
    headers: staticHeaders(config),
    isSuccess: (status) => (success === null ? status >= 200 && status < 300 : success.has(status)),
    isRetried: (status) => retried.has(status),
    recorder: (token) => {
      if (token === undefined) return recorder;
      if (latest?.token !== token) latest = { token, recorder: createExchangeRecorder([...secrets, token]) };
      return latest.recorder;
    },
  });
}

function staticHeaders({ headers = {}, content_type }: HttpConfig): Record<string, string> {
  const lower: Record<string, string> = { 'content-type': content_type ?? 'application/json' };
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value;
  if (content_type !== undefined) lower['content-type'] = content_type;
  return lower;
}

/** Credentials, and the forms in which they travel. */
function allSecrets(
  raw: JsonObject,
  { username, password, client_id, client_secret }: HttpCredentials,
): readonly string[] {
  return [
    ...secretsOf(raw),
    ...(username === undefined || password === undefined ? [] : [basicUser(username, password)]),
    ...(client_id === undefined || client_secret === undefined
      ? []
      : [basicClientCredentials(client_id, client_secret)]),
  ];
}

export function basicUser(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
