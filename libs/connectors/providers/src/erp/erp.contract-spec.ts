import { contractRecord, describeConnectorContract, startFaultyServer } from '@hub/connector-contract-suite';
import { createSafeHttp } from '@hub/platform';
import { FakeErp, fault } from './fake-erp.helper-spec';
import { createErpConnector } from './erp.connector';

const PASSWORD = 'canary-pass&<word>';

for (const [auth, unauthorized] of [
  ['ws_security_text', fault('wsse:FailedAuthentication', 'The security token could not be authenticated')],
  ['basic', { status: 401, headers: { 'content-type': 'text/html' }, body: '<html>Unauthorized</html>' }],
] as const) {
  describeConnectorContract(`erp, customer.upsert with ${auth}`, async () => {
    const erp = new FakeErp();
    const server = await startFaultyServer(erp.handle);
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'contract' });
    const record = (Name: string) => contractRecord({ payloadText: JSON.stringify({ Name }) });
    return {
      connector: createErpConnector(),
      http,
      server,
      config: ({ timeoutMs }) => ({
        endpoint: `${server.origin}/erp`,
        auth,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      }),
      credentials: { username: 'hub', password: PASSWORD },
      // As the message has it, it is escaped.
      canaries: [PASSWORD, 'canary-pass&amp;&lt;word&gt;', Buffer.from(`hub:${PASSWORD}`).toString('base64')],
      operation: 'customer.upsert',
      records: (count) => Array.from({ length: count }, () => record('Acme')),
      refusedRecord: () => record('refuse me'),
      effectsOf: ({ subject }) => erp.withReference(subject ?? '').length,
      unauthorized: { fault: { kind: 'answer', answer: unauthorized }, category: 'auth_revoked' },
      close: async () => {
        await server.close();
        await http.close();
      },
    };
  });
}
