import { type JsonObject } from '@hub/platform';

const HEADER_NAME = "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$";
/** Scheme and host are literal: a payload must never choose where the hub calls. No user info, no fragment, no backslash. */
const FIXED_HOST_URL = '^https?://[^\\s/?#{}@\\\\]+([/?][^\\s#\\\\]*)?$';
const PLAIN_URL = '^https?://[^\\s/?#{}@\\\\]+([/?][^\\s#{}\\\\]*)?$';
const MAX_TIMEOUT_MS = 120_000;
export const DEFAULT_TIMEOUT_MS = 30_000;
export const DEFAULT_CONCURRENCY = 8;
export const MAX_CONCURRENCY = 256;

const statusList = (title: string, description: string): JsonObject => ({
  type: 'array',
  title,
  description,
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  items: { type: 'integer', minimum: 200, maximum: 599 },
});

const headerName = (title: string, byDefault: string): JsonObject => ({
  type: 'string',
  title,
  pattern: HEADER_NAME,
  maxLength: 100,
  default: byDefault,
});

const authKind = (
  kind: string,
  title: string,
  properties: { readonly [name: string]: JsonObject } = {},
  required: readonly string[] = [],
): JsonObject => ({
  type: 'object',
  title,
  additionalProperties: false,
  required: ['kind', ...required],
  properties: { kind: { const: kind }, ...properties },
});

const AUTH: JsonObject = {
  type: 'object',
  title: 'Authentication',
  discriminator: { propertyName: 'kind' },
  oneOf: [
    authKind('none', 'None'),
    authKind('basic', 'Basic (user name and password)'),
    authKind('bearer', 'Bearer token'),
    authKind(
      'api_key',
      'API key',
      {
        in: { enum: ['header', 'query'], title: 'Where the key goes', default: 'header' },
        name: { type: 'string', title: 'Header or query parameter', pattern: HEADER_NAME, maxLength: 100 },
        prefix: { type: 'string', title: 'Text before the key', maxLength: 50 },
      },
      ['name'],
    ),
    authKind('hmac', 'HMAC signature', {
      header: headerName('Header that carries the signature', 'X-Signature'),
      algorithm: { enum: ['sha1', 'sha256', 'sha384', 'sha512'], default: 'sha256' },
      encoding: { enum: ['hex', 'base64', 'base64url'], default: 'hex' },
      secret_encoding: { enum: ['utf8', 'hex', 'base64'], default: 'utf8', title: 'How the secret is written' },
      signed: {
        type: 'string',
        title: 'What is signed',
        description: 'Text with {body}, {timestamp}, {method}, {url}, {path} (with query) and {idempotency_key}.',
        minLength: 1,
        maxLength: 500,
        default: '{body}',
      },
      format: {
        type: 'string',
        title: 'Value of the header',
        description: 'Text with {signature} and {timestamp}, such as sha256={signature}.',
        minLength: 1,
        maxLength: 200,
        default: '{signature}',
      },
      timestamp_header: {
        type: 'string',
        title: 'Header that carries the timestamp',
        pattern: HEADER_NAME,
        maxLength: 100,
      },
    }),
    authKind(
      'oauth2_client_credentials',
      'OAuth 2.0 client credentials',
      {
        token_url: { type: 'string', title: 'Token URL', pattern: PLAIN_URL, maxLength: 2000 },
        scope: { type: 'string', maxLength: 1000 },
        audience: { type: 'string', maxLength: 1000 },
        client_auth: { enum: ['basic', 'body'], title: 'Where the client credentials go', default: 'basic' },
      },
      ['token_url'],
    ),
  ],
};

export const HTTP_CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: {
      type: 'string',
      title: 'URL',
      description:
        'RFC 6570 template: {payload.a.b}, {event.id}, {event.type}, {event.subject}, {delivery.id}, {idempotency_key}. ' +
        'Values are always percent-encoded; scheme and host are fixed.',
      pattern: FIXED_HOST_URL,
      maxLength: 4000,
    },
    method: { enum: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'], title: 'Method', default: 'POST' },
    body: {
      enum: ['payload', 'none'],
      title: 'Body',
      description:
        'payload: the mapped payload, byte for byte. Without it: payload for POST, PUT and PATCH, none for GET and DELETE.',
    },
    content_type: { type: 'string', title: 'Content type', maxLength: 200, minLength: 1, default: 'application/json' },
    headers: {
      type: 'object',
      title: 'Headers',
      description: 'Sent with every call. Not for secrets: those belong in the credentials.',
      maxProperties: 50,
      propertyNames: { pattern: HEADER_NAME, maxLength: 100 },
      additionalProperties: { type: 'string', maxLength: 2000 },
    },
    auth: AUTH,
    sign_webhooks: {
      type: 'boolean',
      title: 'Sign as a Standard Webhook',
      description: 'Adds webhook-timestamp and webhook-signature after standardwebhooks.com.',
      default: false,
    },
    idempotency_header: headerName('Header for the idempotency key', 'Idempotency-Key'),
    success_statuses: statusList('Success', 'Statuses that mean delivered. Default: every 2xx.'),
    retry_statuses: statusList('Try again', 'Further statuses that a later attempt may cure, such as 409 or 423.'),
    response_id_pointer: {
      type: 'string',
      title: 'Id in the answer',
      description: 'JSON Pointer to the id that the receiver gave, such as /data/id.',
      format: 'json-pointer',
      minLength: 1,
      maxLength: 500,
    },
    test_url: {
      type: 'string',
      title: 'URL for the connection test',
      description: 'Called with GET; a success status is expected. Without it, the test only reaches out with HEAD.',
      pattern: PLAIN_URL,
      maxLength: 2000,
    },
    timeout_ms: {
      type: 'integer',
      title: 'Time limit in ms',
      minimum: 100,
      maximum: MAX_TIMEOUT_MS,
      default: DEFAULT_TIMEOUT_MS,
    },
    concurrency: {
      type: 'integer',
      title: 'Calls at once',
      minimum: 1,
      maximum: MAX_CONCURRENCY,
      default: DEFAULT_CONCURRENCY,
    },
  },
};

const secret = (title: string, minLength: number): JsonObject => ({
  type: 'string',
  title,
  format: 'password',
  writeOnly: true,
  minLength,
  maxLength: 8000,
});
const webhookSecret = (title: string): JsonObject => ({
  ...secret(title, 32),
  pattern: '^(whsec_)?[A-Za-z0-9+/]{32,100}={0,2}$',
});

export const HTTP_CREDENTIALS_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    username: { type: 'string', title: 'User name', minLength: 1, maxLength: 500, pattern: '^[^:]*$' },
    password: secret('Password', 1),
    token: secret('Bearer token', 6),
    api_key: secret('API key', 6),
    hmac_secret: secret('HMAC secret', 6),
    client_id: { type: 'string', title: 'Client id', minLength: 1, maxLength: 500 },
    client_secret: secret('Client secret', 6),
    webhook_secret: webhookSecret('Webhook secret (whsec_…)'),
    previous_webhook_secret: webhookSecret('Previous webhook secret, while receivers change over'),
  },
};
