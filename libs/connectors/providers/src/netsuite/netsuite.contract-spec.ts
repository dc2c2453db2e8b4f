import { contractRecord, describeConnectorContract, startFaultyServer } from '@hub/connector-contract-suite';
import { createSafeHttp } from '@hub/platform';
import { FakeNetSuite, refusal } from './fake-netsuite.helper-spec';
import { createNetSuiteConnector } from './netsuite.connector';

const SIGNED_IN: Readonly<Record<string, string>> = {
  client_id: 'the-client',
  client_secret: 'canary-client-secret',
  refresh_token: 'canary-refresh-token',
  access_token: 'canary-access-token',
};
const TOKEN_BASED: Readonly<Record<string, string>> = {
  consumer_key: 'the-consumer',
  consumer_secret: 'canary-consumer-secret',
  token_id: 'canary-token-id',
  token_secret: 'canary-token-secret',
};

for (const [operation, variant, credentials] of [
  ['customer.upsert', 'a bearer token, names in lists', SIGNED_IN],
  ['invoice.create', 'signed calls, books', TOKEN_BASED],
] as const) {
  describeConnectorContract(`netsuite, ${operation} by ${variant}`, async () => {
    const account = new FakeNetSuite();
    // What a failing read does is in the cases beside this.
    const server = await startFaultyServer(account.handle, ({ method }) => method !== 'GET');
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'contract' });
    const record = (companyName: string) => {
      const base = contractRecord();
      const item = { items: [{ item: { id: '21' }, amount: '0.1' }] };
      const members = {
        externalId: `con-${base.eventId}`,
        ...(operation === 'customer.upsert' ? { companyName } : { memo: companyName, item }),
      };
      return { ...base, payloadText: JSON.stringify(members) };
    };
    return {
      connector: createNetSuiteConnector(),
      http,
      server,
      config: ({ timeoutMs }) => ({
        account_id: '1234567_SB1',
        api_url: server.origin,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      }),
      credentials,
      canaries: Object.values(credentials).filter((value) => value.startsWith('canary')),
      operation,
      records: (count) => Array.from({ length: count }, () => record('Acme')),
      refusedRecord: () => record('refuse me'),
      effectsOf: ({ payloadText }) => {
        const { externalId } = JSON.parse(payloadText) as { externalId: string };
        return account.written.has(`${operation.split('.')[0]}/${externalId}`) ? 1 : 0;
      },
      unauthorized: {
        fault: { kind: 'answer', answer: refusal(401, 'INVALID_LOGIN', 'Invalid login attempt.') },
        category: 'auth_expired',
      },
      close: async () => {
        await server.close();
        await http.close();
      },
    };
  });
}
