import { waitUntil } from '@hub/testing';
import { type FourSystems, type VendorRow } from '../../support/four-systems';
import { unique } from '../../support/staged-hub';

const PUSHED = [
  { vendor: 'salesforce', object: 'Account', replay: 'outbound-messages/repeat' },
  { vendor: 'quickbooks', object: 'Customer', replay: 'webhook/replay' },
] as const;

/** Announcements of the two that make them. */
export function describeHooks(stage: () => FourSystems): void {
  it.each(PUSHED)(
    'a change that $vendor announces again and again is one event',
    async ({ vendor, object, replay }) => {
      const { tenant, connections, control } = stage();
      const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
        name: unique(vendor),
        connection_id: connections[vendor],
        object,
      });
      const sync = (): Promise<VendorRow> => tenant.client.demand('GET', `/v1/syncs/${id}`);
      await waitUntil('the sync to have begun', async () => (await sync())['last_success_at'] !== null, 20_000);
      await stage().callHooks();
      const record =
        vendor === 'salesforce' ? { attributes: { type: 'Account' }, Name: 'Acme' } : { DisplayName: 'Acme' };
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
      expect(await events()).toHaveLength(1);
      await tenant.client.demand('DELETE', `/v1/syncs/${id}`);
    },
    60_000,
  );
}
