import { type FourSystems, VENDORS, type Vendor, type VendorRow } from '../../support/four-systems';
import { accept, addRoute, eventWhen, settled, unique, type EventView } from '../../support/staged-hub';

/** How customers are written at each vendor, and where their names are to be found. */
export const CUSTOMERS: Readonly<
  Record<
    Vendor,
    { kind: string; name: (row: VendorRow) => unknown; write: { method: string; path: string; body?: string } }
  >
> = {
  salesforce: {
    kind: 'Account',
    name: ({ Name }) => Name,
    write: { method: 'PATCH', path: '/composite/sobjects/Account' },
  },
  quickbooks: {
    kind: 'Customer',
    name: ({ DisplayName }) => DisplayName,
    write: { method: 'POST', path: '/(batch|customer)\\b' },
  },
  netsuite: {
    kind: 'customer',
    name: ({ companyName }) => companyName,
    write: { method: 'PUT', path: '/record/v1/customer/eid' },
  },
  erp: {
    kind: 'Customer',
    name: ({ fields }) => (fields as VendorRow)['Name'],
    write: { method: 'POST', path: '/erp', body: 'UpsertCustomerRequest' },
  },
};

/** Customers of one test, through the ready-made mapping to one vendor. */
export class CustomerFlow {
  readonly prefix = unique('T').slice(0, 10);

  private constructor(
    private readonly systems: FourSystems,
    readonly vendor: Vendor,
  ) {}

  /** Retries come after a second instead of a minute: what is tested is that they come, not when. */
  static async routes(systems: FourSystems): Promise<void> {
    for (const vendor of VENDORS) {
      const { id } = await systems.tenant.client.demand<{ id: string }>('POST', '/v1/mappings', {
        name: unique(vendor),
        template_id: `${vendor}.customer.outbound`,
      });
      await addRoute(systems.tenant, {
        event_type: `${vendor}.customer`,
        connection_id: systems.connections[vendor],
        operation: 'customer.upsert',
        mapping_id: id,
        retry: { delays_seconds: [1, 2] },
      });
    }
  }

  static each(systems: FourSystems, vendors: readonly Vendor[] = VENDORS): CustomerFlow[] {
    return vendors.map((vendor) => new CustomerFlow(systems, vendor));
  }

  /** @returns their tracking ids. */
  send(count: number): Promise<string[]> {
    const { client } = this.systems.tenant;
    return Promise.all(
      Array.from({ length: count }, () => {
        const id = unique(this.prefix);
        const canonical = { id, status: 'active', kind: 'business', display_name: id };
        return accept(client, {
          type: `${this.vendor}.customer`,
          source: 'shop',
          subject: id,
          data: { canonical_type: 'customer', canonical },
        });
      }),
    );
  }

  settled(trackingIds: readonly string[], timeoutMs = 40_000): Promise<EventView[]> {
    return Promise.all(trackingIds.map((id) => eventWhen(this.systems.tenant.client, id, settled, timeoutMs)));
  }

  /** Those of this test that have arrived. */
  async arrived(): Promise<string[]> {
    const { kind, name } = CUSTOMERS[this.vendor];
    const names = (await this.systems.records(this.vendor, kind)).map((row) => String(name(row)));
    // One of the systems keeps names in capitals.
    return names.filter((text) => text.toLowerCase().startsWith(this.prefix.toLowerCase()));
  }

  /** Each of the customers was written, and written once. */
  async expectOnce(trackingIds: readonly string[]): Promise<EventView[]> {
    const events = await this.settled(trackingIds);
    const failed = events.filter(({ status }) => status !== 'succeeded');
    expect(failed.map(({ deliveries }) => deliveries)).toEqual([]);
    const names = await this.arrived();
    expect([this.vendor, names.length, new Set(names).size]).toEqual([
      this.vendor,
      trackingIds.length,
      trackingIds.length,
    ]);
    return events;
  }

  /** A rule of the stand-in for its next writes of customers. */
  fault(action: Readonly<Record<string, unknown>>, times = 1): Promise<unknown> {
    const { write } = CUSTOMERS[this.vendor];
    return this.systems.control(this.vendor, 'POST', 'faults', { match: write, times, action });
  }
}
