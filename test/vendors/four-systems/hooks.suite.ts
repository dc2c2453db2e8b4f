import { waitUntil } from '@hub/testing';
import { type FourSystems, type VendorRow } from '../../support/four-systems';
import { addRoute, eventWhen, settled, unique } from '../../support/staged-hub';
import { CUSTOMERS } from './customer-flow';

const PUSHED = [
  {
    vendor: 'salesforce',
    object: 'Account',
    replay: 'outbound-messages/repeat',
    targets: ['quickbooks', 'netsuite', 'erp'],
  },
  { vendor: 'quickbooks', object: 'Customer', replay: 'webhook/replay', targets: ['salesforce', 'netsuite', 'erp'] },
] as const;

/** Announcements of the two that make them: NetSuite and the ERP only hear of what is announced. */
export function describeHooks(stage: () => FourSystems): void {
  it.each(PUSHED)(
    'a change that $vendor announces again and again is one event, and one record in each of the others',
    async ({ vendor, object, replay, targets }) => {
      const { tenant, connections, control } = stage();
      const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
        name: unique(vendor),
        connection_id: connections[vendor],
        object,
      });
      const sync = (): Promise<VendorRow> => tenant.client.demand('GET', `/v1/syncs/${id}`);
      await waitUntil('the sync to have begun', async () => (await sync())['last_success_at'] !== null, 20_000);
      await stage().callHooks();
      const name = unique('hook');
      const routes: string[] = [];
      for (const target of targets) {
        const mapping = await tenant.client.demand<{ id: string }>('POST', '/v1/mappings', {
          name: unique(target),
          template_id: `${target}.customer.outbound`,
        });
        routes.push(
          await addRoute(tenant, {
            event_type: `${vendor}.${object.toLowerCase()}.*`,
            connection_id: connections[target],
            operation: 'customer.upsert',
            mapping_id: mapping.id,
          }),
        );
      }
      const record = vendor === 'salesforce' ? { attributes: { type: 'Account' }, Name: name } : { DisplayName: name };
      const place = vendor === 'salesforce' ? {} : { realm: 'acme', entity: object };
      const { ids } = await control<{ ids: string[] }>(vendor, 'POST', 'seed', { ...place, records: [record] });
      const events = async (): Promise<readonly VendorRow[]> => {
        const subject = `${object.toLowerCase()}/${ids[0] ?? ''}`;
        return (await tenant.client.demand<{ data: VendorRow[] }>('GET', `/v1/events?subject=${subject}`)).data;
      };
      await waitUntil('the change to be an event', async () => (await events()).length > 0, 20_000);
      const runs = async (): Promise<readonly VendorRow[]> =>
        (await tenant.client.demand<{ data: VendorRow[] }>('GET', `/v1/syncs/${id}/runs?limit=100`)).data;
      for (let time = 0; time < 3; time++) await control(vendor, 'POST', replay, {});
      const { id: run } = await tenant.client.demand<{ id: string }>('POST', `/v1/syncs/${id}/run`, {
        mode: 'full',
      });
      await waitUntil(
        'all of it to be pulled again',
        async () => (await runs()).some((row) => row['id'] === run && row['status'] === 'succeeded'),
        20_000,
      );
      const [event, ...others] = await events();
      expect(others).toEqual([]);
      const { status } = await eventWhen(tenant.client, String(event?.['tracking_id']), settled);
      expect(status).toBe('succeeded');
      for (const target of targets) {
        const { kind, name: nameOf } = CUSTOMERS[target];
        const names = (await stage().records(target, kind)).map((row) => String(nameOf(row)).toLowerCase());
        expect([target, names.filter((found) => found === name)]).toEqual([target, [name]]);
      }
      for (const route of routes) await tenant.client.demand('DELETE', `/v1/routes/${route}`);
      await tenant.client.demand('DELETE', `/v1/syncs/${id}`);
    },
    60_000,
  );
}
