import { waitUntil } from '@hub/testing';
import { type FourSystems, type Vendor, vendorOf, type VendorRow, type Way, WAYS } from '../../support/four-systems';
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

/**
 * NetSuite's stamps count seconds, in some accounts minutes. One that ends in `:00` may be either, so it does not prove that nobody
 * has touched a record since we made it, and the record becomes news. What is made here is made well within a minute.
 */
export async function withinAMinute(): Promise<void> {
  await waitUntil('a minute to be under way', () => {
    const second = (Date.now() / 1_000) % 60;
    return Promise.resolve(second > 1 && second < 56);
  });
}

/** Customers of one test, through the ready-made mapping to one connection. */
export class CustomerFlow {
  readonly prefix = unique('T').slice(0, 10);

  private constructor(
    private readonly systems: FourSystems,
    readonly way: Way,
  ) {}

  get vendor(): Vendor {
    return vendorOf(this.way);
  }

  /** Retries come after a second instead of a minute: what is tested is that they come, not when. */
  static async routes(systems: FourSystems): Promise<void> {
    for (const way of WAYS) {
      const { id } = await systems.tenant.client.demand<{ id: string }>('POST', '/v1/mappings', {
        name: unique(way),
        template_id: `${vendorOf(way)}.customer.outbound`,
      });
      await addRoute(systems.tenant, {
        event_type: `${way}.customer`,
        connection_id: systems.connections[way],
        operation: 'customer.upsert',
        mapping_id: id,
        retry: { delays_seconds: [1, 2] },
      });
    }
  }

  static each(systems: FourSystems, ways: readonly Way[] = WAYS): CustomerFlow[] {
    return ways.map((way) => new CustomerFlow(systems, way));
  }

  /** @returns their tracking ids. */
  send(count: number): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, () => this.sendOne(unique(this.prefix))));
  }

  /** A customer by that id, which is its name too. @returns its tracking id. */
  sendOne(id: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const canonical = { id, status: 'active', kind: 'business', display_name: id, ...more };
    return accept(this.systems.tenant.client, {
      type: `${this.way}.customer`,
      source: 'shop',
      subject: id,
      data: { canonical_type: 'customer', canonical },
    });
  }

  settled(trackingIds: readonly string[], timeoutMs = 40_000): Promise<EventView[]> {
    return Promise.all(trackingIds.map((id) => eventWhen(this.systems.tenant.client, id, settled, timeoutMs)));
  }

  /** Those of this test that have arrived. */
  async rows(): Promise<VendorRow[]> {
    const { kind, name } = CUSTOMERS[this.vendor];
    // One of the systems keeps names in capitals.
    const isOfThisTest = (row: VendorRow): boolean =>
      String(name(row)).toLowerCase().startsWith(this.prefix.toLowerCase());
    return (await this.systems.records(this.vendor, kind)).filter(isOfThisTest);
  }

  /** Their names. */
  async arrived(): Promise<string[]> {
    const { name } = CUSTOMERS[this.vendor];
    return (await this.rows()).map((row) => String(name(row)));
  }

  /** Events that pulls from this connection have made of customers of this test. */
  async heardOf(): Promise<{ type: string; payload: string }[]> {
    const { hub, tenant, connections } = this.systems;
    const { rows } = await hub.database.asSuperuser((client) =>
      client.query<{ type: string; payload: string }>(
        `select type, payload from events where tenant_id = $1 and source = $2 and payload like $3`,
        [tenant.uuid, `sync/${connections[this.way]}`, `%${this.prefix}%`],
      ),
    );
    return rows;
  }

  /** Each of the customers was written, and written once. */
  async expectOnce(trackingIds: readonly string[]): Promise<EventView[]> {
    const events = await this.settled(trackingIds);
    const failed = events.filter(({ status }) => status !== 'succeeded');
    expect(failed.map(({ deliveries }) => deliveries)).toEqual([]);
    const names = await this.arrived();
    expect([this.way, names.length, new Set(names).size]).toEqual([this.way, trackingIds.length, trackingIds.length]);
    return events;
  }

  /** A rule of the stand-in for its next writes of customers. */
  fault(action: Readonly<Record<string, unknown>>, times = 1): Promise<unknown> {
    const { write } = CUSTOMERS[this.vendor];
    // Three connections write to one NetSuite: each meets its own trouble.
    const match = this.vendor === 'netsuite' ? { ...write, path: `${write.path}.*${this.prefix}` } : write;
    return this.systems.control(this.vendor, 'POST', 'faults', { match, times, action });
  }
}
