import { type ConnectorManifest } from '@hub/connector-sdk';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_TIMEOUT_MS,
  HTTP_CONFIG_SCHEMA,
  HTTP_CREDENTIALS_SCHEMA,
  MAX_CONCURRENCY,
} from './http.schemas';

export const HTTP_OPERATION = 'request.send';

export const HTTP_MANIFEST: ConnectorManifest = {
  id: 'http',
  name: 'HTTP',
  description: 'Any REST endpoint or webhook receiver.',
  documentationUrl: 'https://www.standardwebhooks.com/',
  authKinds: ['none', 'basic', 'bearer', 'api_key', 'hmac', 'oauth2_client_credentials'],
  configSchema: HTTP_CONFIG_SCHEMA,
  credentialsSchema: HTTP_CREDENTIALS_SCHEMA,
  addresses: ['/config/url', '/config/test_url', '/config/auth/token_url'],
  operations: [
    {
      id: HTTP_OPERATION,
      title: 'Send a request',
      description: 'One call for each record, with the mapped payload as body.',
      batchSize: 1,
      idempotency: 'receiver',
    },
  ],
  limits: {
    defaultConcurrency: DEFAULT_CONCURRENCY,
    maxConcurrency: MAX_CONCURRENCY,
    timeoutMs: DEFAULT_TIMEOUT_MS,
  },
  capabilities: { describe: false, refresh: true },
};
