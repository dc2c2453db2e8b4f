import {
  contractRecord,
  describeConnectorContract,
  startFaultyServer,
  type FaultyServer,
} from '@hub/connector-contract-suite';
import { type OAuthApp } from '@hub/connector-sdk';
import { createSafeHttp, type JsonObject } from '@hub/platform';
import { FakeQuickBooks, fixture, START_MS } from './fake-quickbooks.helper-spec';
import { createQuickBooksConnector } from './quickbooks.connector';

const SECRETS = {
  client_secret: 'canary-client-secret',
  refresh_token: 'canary-refresh-token',
  access_token: 'canary-access-token',
};

function registration({ origin }: FaultyServer): OAuthApp {
  const endpoints = { authorize: origin, token: origin, revoke: origin, api: origin };
  return {
    environment: 'production',
    clientId: 'the-client',
    clientSecret: 'canary-app-secret',
    endpoints,
    secrets: {},
  };
}

for (const [operation, variant] of [
  ['customer.upsert', 'batches of names'],
  ['invoice.create', 'books, found again by their mark'],
] as const) {
  describeConnectorContract(`quickbooks, ${operation}: ${variant}`, async () => {
    const company = new FakeQuickBooks();
    const server = await startFaultyServer(company.handle);
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'contract' });
    const record = (name: string) => {
      const base = contractRecord({ acceptedAt: new Date(START_MS) });
      const members =
        operation === 'customer.upsert'
          ? { DisplayName: `${name} ${base.eventId}` }
          : {
              CustomerRef: { value: '1' },
              DocNumber: base.eventId,
              CustomerMemo: { value: name },
              Line: [
                { DetailType: 'SalesItemLineDetail', Amount: '0.1', SalesItemLineDetail: { ItemRef: { value: '1' } } },
              ],
            };
      return { ...base, payloadText: JSON.stringify(members) };
    };
    return {
      connector: createQuickBooksConnector(),
      http,
      server,
      // The suite calls more often than a company may.
      config: ({ timeoutMs }): JsonObject => ({
        batches_per_minute: 10_000,
        calls_per_minute: 10_000,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      }),
      credentials: { realm_id: company.realmId, client_id: 'the-client', ...SECRETS },
      canaries: [...Object.values(SECRETS), 'canary-app-secret'],
      oauthApp: registration(server),
      operation,
      records: (count) => Array.from({ length: count }, () => record('Acme')),
      refusedRecord: () => record('refuse me'),
      effectsOf: ({ eventId }) =>
        operation === 'customer.upsert'
          ? company.of('Customer').filter(({ DisplayName: name }) => String(name).endsWith(` ${eventId}`)).length
          : company.of('Invoice').filter(({ DocNumber }) => DocNumber === eventId).length,
      unauthorized: {
        fault: {
          kind: 'answer',
          answer: { status: 401, body: fixture('gateway-expired-token.json') },
        },
        category: 'auth_expired',
      },
      close: async () => {
        await server.close();
        await http.close();
      },
    };
  });
}
