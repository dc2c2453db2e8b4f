import { waitUntil } from '@hub/testing';
import { type FourSystems, type Vendor, type VendorRow } from '../../support/four-systems';
import { addRoute, eventWhen, settled, unique } from '../../support/staged-hub';
import { CUSTOMERS } from './customer-flow';

const PAIR = [
  { vendor: 'salesforce', object: 'Account', target: 'quickbooks' },
  { vendor: 'quickbooks', object: 'Customer', target: 'salesforce' },
] as const;
/** Long enough for the other change to be read and written in between. */
const RETRY_SECONDS = 4;

/** The same record, changed in two systems at once. */
export function describeCrossing(stage: () => FourSystems): void {
  it('two people who rename a customer in two systems at once leave both with the same name', async () => {
    const { tenant, connections, control } = stage();
    const { client } = tenant;
    const routes: string[] = [];
    const syncs: Record<string, string> = {};
    for (const { vendor, object, target } of PAIR) {
      const mapping = await client.demand<{ id: string }>('POST', '/v1/mappings', {
        name: unique(target),
        template_id: `${target}.customer.outbound`,
      });
      routes.push(
        await addRoute(tenant, {
          event_type: `${vendor}.${object.toLowerCase()}.*`,
          connection_id: connections[target],
          operation: 'customer.upsert',
          mapping_id: mapping.id,
          retry: { delays_seconds: [RETRY_SECONDS, 1, 1] },
        }),
      );
      const { id } = await client.demand<{ id: string }>('POST', '/v1/syncs', {
        name: unique(vendor),
        connection_id: connections[vendor],
        object,
      });
      syncs[vendor] = id;
      await waitUntil(
        'the sync to have begun',
        async () => (await client.demand<VendorRow>('GET', `/v1/syncs/${id}`))['last_success_at'] !== null,
      );
    }
    const nameOf = async (vendor: Vendor, id: unknown): Promise<unknown> => {
      const { kind, name } = CUSTOMERS[vendor];
      const row = (await stage().records(vendor, kind)).find((one) => one['Id'] === id);
      return row === undefined ? null : name(row);
    };
    const pull = async (vendor: Vendor): Promise<void> => {
      const path = `/v1/syncs/${syncs[vendor] ?? ''}`;
      const { id } = await client.demand<{ id: string }>('POST', `${path}/run`, { mode: 'changes' });
      await waitUntil(
        'the pull',
        async () => (await client.demand<VendorRow>('GET', `${path}/runs/${id}`))['status'] === 'succeeded',
      );
    };
    const name = unique('Both');
    const seeded = { records: [{ attributes: { type: 'Account' }, Name: name }] };
    const [account] = (await control<{ ids: string[] }>('salesforce', 'POST', 'seed', seeded)).ids;
    await pull('salesforce');
    const customer = await waitUntil('the customer to be there', async () => {
      const rows = await stage().records('quickbooks', 'Customer');
      return rows.find(({ DisplayName }) => DisplayName === name)?.['Id'] ?? null;
    });
    // The echo of the first write goes no further.
    await pull('quickbooks');
    // QuickBooks takes the first change at the second try, when Salesforce has taken the second one already.
    const { method, path } = CUSTOMERS.quickbooks.write;
    await control('quickbooks', 'POST', 'faults', {
      match: { method, path },
      times: 1,
      action: { type: 'status', status: 500, after_commit: false },
    });
    const [first, second] = [`${name} first`, `${name} second`];
    await control('salesforce', 'POST', 'touch', { object: 'Account', id: account, fields: { Name: first } });
    await pull('salesforce');
    await control('quickbooks', 'POST', 'touch', {
      realm: 'acme',
      entity: 'Customer',
      id: customer,
      fields: { DisplayName: second },
    });
    await pull('quickbooks');
    const { data: told } = await client.demand<{ data: VendorRow[] }>(
      'GET',
      `/v1/events?subject=account/${account ?? ''}`,
    );
    for (const { tracking_id: event } of told) await eventWhen(client, String(event), settled);
    await waitUntil(
      'both to have one of the two names',
      async () => {
        const names = [await nameOf('salesforce', account), await nameOf('quickbooks', customer)];
        return names[0] === names[1] && [first, second].includes(String(names[0]));
      },
      40_000,
    );
    for (const route of routes) await client.demand('DELETE', `/v1/routes/${route}`);
    for (const id of Object.values(syncs)) await client.demand('DELETE', `/v1/syncs/${id}`);
    await control('quickbooks', 'DELETE', 'faults');
  }, 90_000);
}
