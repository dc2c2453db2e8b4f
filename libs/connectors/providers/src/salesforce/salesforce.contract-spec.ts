import {
  contractRecord,
  describeConnectorContract,
  startFaultyServer,
  type FaultyServer,
} from '@hub/connector-contract-suite';
import { createSafeHttp } from '@hub/platform';
import { FakeSalesforce, json } from './fake-salesforce.helper-spec';
import { createSalesforceConnector } from './salesforce.connector';

const CREDENTIALS = {
  client_id: 'canary-client-id',
  client_secret: 'canary-client-secret',
  refresh_token: 'canary-refresh-token',
  access_token: 'canary-access-token',
};

for (const [operation, variant] of [
  ['account.upsert', 'external ids of the payload'],
  ['Account.create', 'keys of deliveries'],
] as const) {
  describeConnectorContract(`salesforce, ${operation} by ${variant}`, async () => {
    let server: FaultyServer | undefined;
    const org = new FakeSalesforce(() => server!.origin);
    const started = (server = await startFaultyServer(org.handle));
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'contract' });
    const record = (name: string) => {
      const base = contractRecord();
      const externalId = operation === 'Account.create' ? {} : { Hub_Id__c: `ext ${base.eventId}/ä.json` };
      return { ...base, payloadText: JSON.stringify({ Name: name, ...externalId }) };
    };
    return {
      connector: createSalesforceConnector(),
      http,
      server: started,
      config: ({ timeoutMs }) => ({
        instance_url: started.origin,
        login_url: started.origin,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      }),
      credentials: CREDENTIALS,
      canaries: Object.values(CREDENTIALS),
      operation,
      records: (count) => Array.from({ length: count }, () => record('Acme')),
      refusedRecord: () => record('refuse me'),
      effectsOf: ({ payloadText, idempotencyKey }) => {
        const { Hub_Id__c: id = idempotencyKey } = JSON.parse(payloadText) as { Hub_Id__c?: string };
        return org.find('Account', 'Hub_Id__c', id).length;
      },
      unauthorized: {
        fault: {
          kind: 'answer',
          answer: json(401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]),
        },
        category: 'auth_expired',
      },
      close: async () => {
        await started.close();
        await http.close();
      },
    };
  });
}
