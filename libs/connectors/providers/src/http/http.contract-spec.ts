import {
  contractRecord,
  describeConnectorContract,
  startFaultyServer,
  type ConnectorHarness,
  type SeenRequest,
  type VendorAnswer,
} from '@hub/connector-contract-suite';
import { createSafeHttp, type JsonObject } from '@hub/platform';
import { createHttpConnector } from './http.connector';

/** A receiver that does what the connector's README asks of receivers: it deduplicates by key. */
class Receiver {
  readonly books = new Map<string, string>();
  private readonly effects = new Map<string, number>();

  constructor(private readonly isAuthorized: (request: SeenRequest) => boolean) {}

  handle = (request: SeenRequest): VendorAnswer => {
    if (!this.isAuthorized(request)) return { status: 401, body: '{"error":"unauthorized"}' };
    if (request.method === 'GET' || request.method === 'HEAD') return { status: 200, body: '{}' };
    if (request.body.includes('refuse me')) return { status: 422, body: '{"error":"name is not acceptable"}' };
    const key = String(request.headers['idempotency-key']);
    if (!this.books.has(key)) {
      this.books.set(key, `r${this.books.size + 1}`);
      this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
    }
    return { status: 201, body: JSON.stringify({ data: { id: this.books.get(key) } }) };
  };

  effectsOf(key: string): number {
    return this.effects.get(key) ?? 0;
  }
}

interface Variant {
  readonly auth: JsonObject;
  readonly credentials: Readonly<Record<string, string>>;
  readonly isAuthorized: (request: SeenRequest) => boolean;
  readonly more?: JsonObject;
  readonly unauthorized?: 'auth_expired';
}

function harnessOf(variant: Variant): () => Promise<ConnectorHarness> {
  return async () => {
    const receiver = new Receiver(variant.isAuthorized);
    const server = await startFaultyServer(
      (request) => (request.url === '/token' ? tokenAnswer(request) : receiver.handle(request)),
      ({ url }) => url !== '/token',
    );
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'contract' });
    const auth = 'token_url' in variant.auth ? { ...variant.auth, token_url: `${server.origin}/token` } : variant.auth;
    return {
      connector: createHttpConnector(),
      http,
      server,
      config: ({ timeoutMs }) => ({
        url: `${server.origin}/customers/{event.subject}{?q}`.replace('{?q}', '{?payload.q}'),
        test_url: `${server.origin}/health`,
        response_id_pointer: '/data/id',
        auth,
        ...variant.more,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      }),
      credentials: variant.credentials,
      canaries: Object.values(variant.credentials).concat('canary-fetched-token'),
      operation: 'request.send',
      records: (count) => Array.from({ length: count }, () => contractRecord()),
      refusedRecord: () => contractRecord({ payloadText: '{"name":"refuse me"}' }),
      effectsOf: ({ idempotencyKey }) => receiver.effectsOf(idempotencyKey),
      unauthorized: {
        fault: { kind: 'answer', answer: { status: 401, body: '{}' } },
        category: variant.unauthorized ?? 'auth_revoked',
      },
      close: async () => {
        await server.close();
        await http.close();
      },
    };
  };
}

function tokenAnswer({ headers, body }: SeenRequest): VendorAnswer {
  const good =
    headers.authorization === `Basic ${Buffer.from('canary-client-id:canary-client+s%2Fcret').toString('base64')}`;
  return good && body === 'grant_type=client_credentials'
    ? { status: 200, body: '{"access_token":"canary-fetched-token","token_type":"Bearer","expires_in":3600}' }
    : { status: 401, body: '{"error":"invalid_client"}' };
}

describeConnectorContract(
  'http with a bearer token',
  harnessOf({
    auth: { kind: 'bearer' },
    credentials: { token: 'canary-bearer-token' },
    isAuthorized: ({ headers }) => headers.authorization === 'Bearer canary-bearer-token',
  }),
);

describeConnectorContract(
  'http with an API key in the query and webhook signatures',
  harnessOf({
    auth: { kind: 'api_key', in: 'query', name: 'code' },
    credentials: {
      api_key: 'canary/api key+1',
      webhook_secret: `whsec_${Buffer.from('canary-webhook-secret-0123').toString('base64')}`,
    },
    isAuthorized: ({ url }) => new URL(url, 'http://x').searchParams.get('code') === 'canary/api key+1',
    more: { sign_webhooks: true },
  }),
);

describeConnectorContract(
  'http with client credentials',
  harnessOf({
    auth: { kind: 'oauth2_client_credentials', token_url: 'set by the harness' },
    credentials: { client_id: 'canary-client-id', client_secret: 'canary-client s/cret' },
    isAuthorized: ({ headers }) => headers.authorization === 'Bearer canary-fetched-token',
    unauthorized: 'auth_expired',
  }),
);
