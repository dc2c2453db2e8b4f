import { waitUntil } from '@hub/testing';
import { VENDORS, type FourSystems } from '../../support/four-systems';
import { databaseText, expectNone, expectNoneLike, spellings, VENDOR_TOKENS } from '../../support/secret-search';
import { accept, addRoute, deliveryWhen } from '../../support/staged-hub';
import { CUSTOMERS } from './customer-flow';

/** Comes last: everything that the others have done to the hub is searched. */
export function describeSecrets(stage: () => FourSystems): void {
  it('no secret of the four is in a log, an error, a stored exchange, an answer, or the queue', async () => {
    const { hub, tenant, connections, control, secrets, webhookVerifier } = stage();
    const { client } = tenant;
    const said: string[] = [];
    for (const vendor of VENDORS) {
      await addRoute(tenant, {
        event_type: `${vendor}.echo`,
        connection_id: connections[vendor],
        operation: 'customer.upsert',
      });
      // A vendor that repeats in its error what it was told. Nobody else's secrets can be known to it, or hidden.
      const echo = spellings(secrets[vendor]).join(' ');
      const { write } = CUSTOMERS[vendor];
      await control(vendor, 'POST', 'faults', {
        match: { method: write.method },
        times: 1,
        action: { type: 'status', status: 400, body: JSON.stringify({ error: echo, message: echo }) },
      });
      const id = await accept(client, { type: `${vendor}.echo`, subject: 'echo', data: ECHOES[vendor] });
      const failed = await deliveryWhen(client, id, ({ last_error: error }) => error !== null);
      for (const path of [
        `/v1/deliveries/${failed.id}`,
        `/v1/events/${id}`,
        `/v1/events/${id}/timeline`,
        `/v1/connections/${connections[vendor]}`,
        `/v1/connections/${connections[vendor]}/health`,
      ])
        said.push((await client.get(path)).text);
      said.push((await client.post(`/v1/connections/${connections[vendor]}/test`)).text);
    }
    said.push((await client.get('/v1/deliveries?limit=200')).text, (await client.get('/v1/syncs?limit=100')).text);
    expect(said.join('')).toContain('echo');
    const queue = await waitUntil('a job to wait', async () => {
      const dump = (await hub.redis?.dump()) ?? '';
      return dump.includes('onnectionId') ? dump : null;
    });
    const logs = [...hub.apis, ...hub.workers].map(({ output }) => output).join('\n');
    expect(logs).toMatch(/"level"/);
    for (const text of [said.join('\n'), queue, logs, await databaseText(hub.database)]) {
      expectNone(text, [...Object.values(secrets), webhookVerifier, client.key ?? '']);
      expectNoneLike(text, VENDOR_TOKENS);
    }
  }, 60_000);
}

/** A customer in each vendor's words. */
const ECHOES: Readonly<Record<(typeof VENDORS)[number], object>> = {
  salesforce: { Hub_Id__c: 'echo', Name: 'Echo' },
  quickbooks: { DisplayName: 'Echo' },
  netsuite: { externalId: 'echo', companyName: 'Echo' },
  erp: { ExtRef: 'echo', Name: 'Echo' },
};
