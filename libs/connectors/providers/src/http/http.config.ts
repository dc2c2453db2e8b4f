import { isSendableHeader, pointerToken, type JsonObject } from '@hub/platform';
import { type ConfigProblem } from '@hub/connector-sdk';
import { checkTemplate } from './http.signature';
import { parseUrlTemplate } from './http.url';

export interface HmacAuth {
  readonly kind: 'hmac';
  readonly header?: string;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly encoding?: 'hex' | 'base64' | 'base64url';
  readonly secret_encoding?: 'utf8' | 'hex' | 'base64';
  readonly signed?: string;
  readonly format?: string;
  readonly timestamp_header?: string;
}

export interface OAuthAuth {
  readonly kind: 'oauth2_client_credentials';
  readonly token_url: string;
  readonly scope?: string;
  readonly audience?: string;
  readonly client_auth?: 'basic' | 'body';
}

export type HttpAuth =
  | { readonly kind: 'none' | 'basic' | 'bearer' }
  | { readonly kind: 'api_key'; readonly in?: 'header' | 'query'; readonly name: string; readonly prefix?: string }
  | HmacAuth
  | OAuthAuth;

/** The shapes that the manifest's schemas promise. */
export interface HttpConfig {
  readonly url: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET';
  readonly body?: 'payload' | 'none';
  readonly content_type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: HttpAuth;
  readonly sign_webhooks?: boolean;
  readonly idempotency_header?: string;
  readonly success_statuses?: readonly number[];
  readonly retry_statuses?: readonly number[];
  readonly response_id_pointer?: string;
  readonly test_url?: string;
  readonly timeout_ms?: number;
}

export interface HttpCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  readonly api_key?: string;
  readonly hmac_secret?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly webhook_secret?: string;
  readonly previous_webhook_secret?: string;
}

const NEEDED_CREDENTIALS: Readonly<Record<HttpAuth['kind'], readonly (keyof HttpCredentials)[]>> = {
  none: [],
  basic: ['username', 'password'],
  bearer: ['token'],
  api_key: ['api_key'],
  hmac: ['hmac_secret'],
  oauth2_client_credentials: ['client_id', 'client_secret'],
};

/** Written by the connector itself, or credentials that would lie unsealed in the config. */
const OWNED_HEADERS = new Set([
  'authorization',
  'cookie',
  'traceparent',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/** What the schemas cannot say. Both values have passed them. */
export function checkHttpConnection(rawConfig: JsonObject, rawCredentials: JsonObject): readonly ConfigProblem[] {
  const config = rawConfig as unknown as HttpConfig;
  const credentials = rawCredentials as HttpCredentials;
  return [...urlProblems(config), ...headerProblems(config), ...authProblems(config, credentials)];
}

function urlProblems({ url, method, body, test_url }: HttpConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const template = parseUrlTemplate(url);
  if (!template.ok) problems.push({ pointer: '/config/url', code: 'url_template', message: template.error });
  if (test_url !== undefined && !URL.canParse(test_url)) {
    problems.push({ pointer: '/config/test_url', code: 'url', message: 'The URL cannot be parsed' });
  }
  if (method === 'GET' && body === 'payload') {
    problems.push({ pointer: '/config/body', code: 'body', message: 'A GET request carries no body' });
  }
  return problems;
}

function headerProblems({ headers = {}, content_type, idempotency_header, auth }: HttpConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const unsendable = (pointer: string): ConfigProblem => ({
    pointer,
    code: 'header',
    message: 'This header is written by the hub or cannot be sent',
  });
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!isSendableHeader(name, value) || OWNED_HEADERS.has(lower))
      problems.push(unsendable(`/config/headers/${pointerToken(name)}`));
    if (seen.has(lower)) {
      problems.push({
        pointer: `/config/headers/${pointerToken(name)}`,
        code: 'duplicate',
        message: 'This header is given twice',
      });
    }
    seen.add(lower);
  }
  if (content_type !== undefined && !isSendableHeader('content-type', content_type))
    problems.push(unsendable('/config/content_type'));
  const named: readonly (readonly [string, string | undefined])[] = [
    ['/config/idempotency_header', idempotency_header],
    ['/config/auth/name', auth?.kind === 'api_key' && auth.in !== 'query' ? auth.name : undefined],
    ['/config/auth/header', auth?.kind === 'hmac' ? auth.header : undefined],
    ['/config/auth/timestamp_header', auth?.kind === 'hmac' ? auth.timestamp_header : undefined],
  ];
  for (const [pointer, name] of named) {
    if (name === undefined) continue;
    const ownedByHub =
      OWNED_HEADERS.has(name.toLowerCase()) &&
      !(pointer.startsWith('/config/auth/') && name.toLowerCase() === 'authorization');
    if (!isSendableHeader(name, '') || ownedByHub) problems.push(unsendable(pointer));
  }
  return problems;
}

function authProblems({ auth, sign_webhooks }: HttpConfig, credentials: HttpCredentials): ConfigProblem[] {
  const needed: (keyof HttpCredentials)[] = [...NEEDED_CREDENTIALS[auth?.kind ?? 'none']];
  if (sign_webhooks === true) needed.push('webhook_secret');
  const problems: ConfigProblem[] = needed
    .filter((name) => credentials[name] === undefined)
    .map((name) => ({
      pointer: `/credentials/${name}`,
      code: 'required',
      message: 'The chosen authentication needs this',
    }));
  if (auth?.kind !== 'hmac') return problems;
  const templates = [
    ['/config/auth/signed', checkTemplate(auth.signed, 'signed')],
    ['/config/auth/format', checkTemplate(auth.format, 'format')],
  ] as const;
  for (const [pointer, problem] of templates) {
    if (problem !== null) problems.push({ pointer, code: 'template', message: problem });
  }
  return problems;
}
