import { waitUntil } from '@hub/testing';
import { type FourSystems, type Vendor, type VendorRow } from '../../support/four-systems';
import { accept, eventWhen, settled, unique, type EventView } from '../../support/staged-hub';

const RECIPES = [
  'salesforce.account:quickbooks.customer.outbound',
  'salesforce.account:quickbooks.customer-deleted.outbound',
];

/** Two systems that are not empty when they meet, and records that go away again. */
export function describeFirstMatch(stage: () => FourSystems): void {
  const seed = async (record: object): Promise<string> => {
    const { ids } = await stage().control<{ ids: string[] }>('quickbooks', 'POST', 'seed', {
      realm: 'acme',
      entity: 'Customer',
      records: [record],
    });
    return ids[0] ?? '';
  };
  const deliver = async (canonical: object, vendor: Vendor = 'quickbooks'): Promise<EventView> => {
    const { client } = stage().tenant;
    const id = unique('crm');
    const event = await accept(client, {
      type: `${vendor}.customer`,
      source: 'shop',
      subject: id,
      data: { id, canonical_type: 'customer', canonical: { id, status: 'active', kind: 'business', ...canonical } },
    });
    return eventWhen(client, event, settled);
  };
  const customers = (): Promise<readonly VendorRow[]> => stage().records('quickbooks', 'Customer');
  const customer = async (id: unknown): Promise<VendorRow | undefined> =>
    (await customers()).find(({ Id }) => Id === id);

  describe('a customer whom QuickBooks has had all along', () => {
    it('is linked by the e-mail address, and takes what the source says', async () => {
      const [name, email] = [unique('Old'), `${unique('a')}@example.com`];
      const id = await seed({ DisplayName: name, PrimaryEmailAddr: { Address: email.toUpperCase() } });
      const before = (await customers()).length;
      const event = await deliver({ display_name: `${name} Ltd`, email });
      expect(event).toMatchObject({ status: 'succeeded', deliveries: [{ external_id: id, attempts: 1 }] });
      expect((await customers()).length).toBe(before);
      expect(await customer(id)).toMatchObject({ DisplayName: `${name} Ltd`, SyncToken: '1' });
    });

    it('is left to a person where there are several of them', async () => {
      const email = `${unique('b')}@example.com`;
      const ids = [];
      for (const name of [unique('One'), unique('Two')])
        ids.push(await seed({ DisplayName: name, PrimaryEmailAddr: { Address: email } }));
      const event = await deliver({ display_name: unique('Three'), email });
      const { last_error: error } = event.deliveries[0] ?? {};
      expect(error).toMatchObject({ category: 'duplicate', code: 'several_matches' });
      for (const id of ids) expect(error?.message).toContain(`${id} (`);
    });

    it('is named when nothing but the name is the same', async () => {
      const name = unique('Namesake');
      const id = await seed({ DisplayName: name, PrimaryEmailAddr: { Address: `${unique('c')}@example.com` } });
      const event = await deliver({ display_name: name.toUpperCase(), email: `${unique('d')}@example.com` });
      const { last_error: error } = event.deliveries[0] ?? {};
      expect(error).toMatchObject({ category: 'duplicate', code: '6240' });
      expect(error?.message).toContain(`customer ${id}`);
    });
  });

  it('a customer whom Salesforce has had all along is linked by the number, or shown where only the name is the same', async () => {
    const number = unique('C');
    const address = { BillingPostalCode: '94601' };
    const records = [
      { attributes: { type: 'Account' }, Name: unique('Old'), AccountNumber: number },
      { attributes: { type: 'Account' }, Name: `${number} Tools, Inc.`, ...address },
    ];
    const { ids } = await stage().control<{ ids: string[] }>('salesforce', 'POST', 'seed', { records });
    const linked = await deliver({ display_name: unique('New'), account_number: number }, 'salesforce');
    expect(linked).toMatchObject({ status: 'succeeded', deliveries: [{ external_id: ids[0], attempts: 1 }] });
    const alike = { display_name: `${number} tools inc`, billing: { postal_code: '94601' } };
    // Salesforce compares names to the letter.
    expect(await deliver(alike, 'salesforce')).toMatchObject({ status: 'succeeded' });
    const same = await deliver({ ...alike, display_name: `${number} Tools, Inc.` }, 'salesforce');
    expect(same.deliveries[0]?.last_error).toMatchObject({ code: 'possible_match' });
    expect(same.deliveries[0]?.last_error?.message).toContain(ids[1]);
  });

  it('a customer whom NetSuite has had all along is linked by the e-mail address', async () => {
    const email = `${unique('n')}@example.com`;
    const records = [{ type: 'customer', companyName: unique('Old'), email, subsidiary: { id: '1' } }];
    const { ids } = await stage().control<{ ids: string[] }>('netsuite', 'POST', 'seed', { records });
    const before = (await stage().records('netsuite', 'customer')).length;
    const event = await deliver({ display_name: unique('New'), email: email.toUpperCase() }, 'netsuite');
    expect(event).toMatchObject({ status: 'succeeded', deliveries: [{ external_id: ids[0], attempts: 1 }] });
    expect((await stage().records('netsuite', 'customer')).length).toBe(before);
  });

  it('a customer who is deleted at the source is made inactive in QuickBooks, and does not come back', async () => {
    const { tenant, connections, control } = stage();
    const { client } = tenant;
    await stage().applyRecipes('salesforce', 'quickbooks', RECIPES);
    await stage().applyRecipes('quickbooks', 'salesforce', ['quickbooks.customer:salesforce.customer.outbound']);
    interface Sync extends VendorRow {
      readonly id: string;
    }
    const { data: syncs } = await client.demand<{ data: Sync[] }>('GET', '/v1/syncs?limit=100');
    const syncOf = (vendor: Vendor, object: string): Sync => {
      const found = syncs.find((sync) => sync['connection_id'] === connections[vendor] && sync['object'] === object);
      if (found === undefined) throw new Error(`no sync of ${object}`);
      return found;
    };
    const [accounts, names] = [syncOf('salesforce', 'Account'), syncOf('quickbooks', 'Customer')];
    const run = async ({ id }: Sync, mode = 'changes'): Promise<void> => {
      const at = `/v1/syncs/${id}/run`;
      const asked = await client.demand<{ id: string }>('POST', at, { mode });
      await waitUntil('the run', async () => {
        const { data: runs } = await client.demand<{ data: VendorRow[] }>('GET', `/v1/syncs/${id}/runs?limit=100`);
        return runs.some((one) => one['id'] === asked.id && one['status'] === 'succeeded');
      });
    };
    for (const { id } of [accounts, names])
      await waitUntil(
        'the sync to have begun',
        async () => (await client.demand<VendorRow>('GET', `/v1/syncs/${id}`))['last_success_at'] !== null,
      );
    const name = unique('Goes');
    const { ids } = await control<{ ids: string[] }>('salesforce', 'POST', 'seed', {
      records: [{ attributes: { type: 'Account' }, Name: name }],
    });
    await run(accounts);
    const made = await waitUntil('the customer', async () =>
      (await customers()).find(({ DisplayName }) => DisplayName === name),
    );
    expect(made['Active']).toBe(true);
    await control('salesforce', 'POST', 'touch', { object: 'Account', id: ids[0], delete: true });
    await run(accounts);
    const retired = await waitUntil('the customer to be inactive', async () => {
      const now = await customer(made['Id']);
      return now?.['Active'] === false ? now : null;
    });
    expect(retired['DisplayName']).toBe(`${name} (deleted)`);
    // What the hub has done there comes back with the next pull, and goes no further.
    await run(names, 'full');
    const { data: back } = await client.demand<{ data: VendorRow[] }>(
      'GET',
      `/v1/events?subject=customer/${String(made['Id'])}`,
    );
    expect(back).toEqual([]);
    const left = (await stage().records('salesforce', 'Account')).filter(({ Name }) => String(Name).startsWith(name));
    expect(left).toEqual([]);
    const { data: routes } = await client.demand<{ data: { id: string; name: string }[] }>(
      'GET',
      '/v1/routes?limit=100',
    );
    for (const { id } of routes.filter(({ name: of }) => / → .* \(/.test(of)))
      await client.demand('DELETE', `/v1/routes/${id}`);
    for (const { id } of [accounts, names]) await client.demand('DELETE', `/v1/syncs/${id}`);
  }, 60_000);
}
