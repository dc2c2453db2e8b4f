import { type ConnectorManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

export const WEBHOOK_OPERATION = 'notice.send';
/** Receivers are told to answer within seconds; Standard Webhooks says 15 to 30. */
export const WEBHOOK_TIMEOUT_MS = 20_000;
/** An acknowledgement needs no more; what is kept of it is an excerpt. */
export const WEBHOOK_MAX_ANSWER_BYTES = 64 * 1024;

const SECRET: JsonObject = {
  type: 'string',
  format: 'password',
  writeOnly: true,
  pattern: '^whsec_[A-Za-z0-9+/]{32,100}={0,2}$',
};

/** For notices of the hub alone: it stands in no catalogue, and nobody can connect anything with it. */
export const WEBHOOK_MANIFEST: ConnectorManifest = {
  id: 'webhook',
  name: 'Webhook',
  description: 'Notices of what happened in the hub, signed after Standard Webhooks.',
  documentationUrl: 'https://www.standardwebhooks.com/',
  authKinds: ['hmac'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: { url: { type: 'string', minLength: 1, maxLength: 2_000 } },
  },
  credentialsSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['secret'],
    properties: {
      secret: SECRET,
      previous_secret: SECRET,
      previous_secret_until: { type: 'string', format: 'date-time' },
      headers: {
        type: 'object',
        maxProperties: 20,
        propertyNames: { maxLength: 100 },
        additionalProperties: { type: 'string', maxLength: 2_000 },
      },
    },
  },
  addresses: ['/config/url'],
  operations: [
    {
      id: WEBHOOK_OPERATION,
      title: 'Send a notice',
      description: 'One signed request for each notice.',
      batchSize: 1,
      idempotency: 'receiver',
    },
  ],
  limits: { defaultConcurrency: 8, maxConcurrency: 8, timeoutMs: WEBHOOK_TIMEOUT_MS },
  capabilities: { describe: false, refresh: false },
};
