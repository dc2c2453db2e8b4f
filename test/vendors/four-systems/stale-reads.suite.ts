import { waitUntil } from '@hub/testing';
import { type FourSystems, syncsHaveBegun, VENDORS, type Vendor } from '../../support/four-systems';
import { unique } from '../../support/staged-hub';
import { CustomerFlow, withinAMinute } from './customer-flow';

const PULLED: Readonly<Record<Vendor, string>> = {
  salesforce: 'Account',
  quickbooks: 'Customer',
  netsuite: 'customer',
  erp: 'Customer',
};
/** How each system is asked for a list of its customers. */
const LISTING: Readonly<Record<Vendor, { method: string; path: string; body?: string }>> = {
  salesforce: { method: 'GET', path: '/query' },
  quickbooks: { method: 'POST', path: '/query', body: 'ORDERBY Id STARTPOSITION' },
  netsuite: { method: 'POST', path: '/suiteql' },
  erp: { method: 'POST', path: '/erp', body: 'GetChangesSinceRequest' },
};

const PHONE = '510-555-0199';
/** QuickBooks has no ids of others: who writes a name again that nothing links to them, is refused. */
const BY_ID: readonly Vendor[] = ['salesforce', 'netsuite', 'erp'];

interface Run {
  readonly status: string;
  readonly records: { readonly seen: number; readonly events: number };
}

/** Systems that answer out of a copy which has not caught up. */
export function describeStaleReads(stage: () => FourSystems): void {
  it('what was true before our writes makes no news, and overwrites nothing, though every system lists it again', async () => {
    const { tenant, connections, control } = stage();
    const flows = CustomerFlow.each(stage(), VENDORS);
    const ids = flows.map((flow) => [1, 2].map(() => unique(flow.prefix)));
    const write = async (part: number, phone: string, vendors: readonly Vendor[] = VENDORS): Promise<void> => {
      await withinAMinute();
      const written = flows.map(async (flow, index) => {
        if (!vendors.includes(flow.vendor)) return;
        const [event] = await flow.settled([await flow.sendOne(ids[index]?.[part] ?? '', { phone })]);
        expect([flow.way, event?.status]).toEqual([flow.way, 'succeeded']);
      });
      await Promise.all(written);
    };
    const syncs = await Promise.all(
      VENDORS.map((vendor) =>
        tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
          name: unique(vendor),
          connection_id: connections[vendor],
          object: PULLED[vendor],
        }),
      ),
    );
    /** @returns how many records each system has listed. */
    const listAll = async (): Promise<number[]> => {
      const runs = await Promise.all(
        syncs.map(async ({ id }) => {
          const path = `/v1/syncs/${id}`;
          const begun = await tenant.client.demand<{ id: string }>('POST', `${path}/run`, { mode: 'full' });
          return `${path}/runs/${begun.id}`;
        }),
      );
      return Promise.all(
        runs.map(async (path) => {
          const ended = await waitUntil(
            `${path} to have ended`,
            async () => {
              const run = await tenant.client.demand<Run>('GET', path);
              return run.status === 'succeeded' ? run : null;
            },
            30_000,
          );
          return ended.records.seen;
        }),
      );
    };
    await syncsHaveBegun(stage(), syncs.length);
    await write(0, '510-555-0100');
    for (const vendor of VENDORS)
      await control(vendor, 'POST', 'faults', { match: LISTING[vendor], action: { type: 'stale_read' } });
    const first = await listAll();
    // One is changed and one is made behind the copy.
    await write(0, PHONE, BY_ID);
    await write(1, '510-555-0101');
    const second = await listAll();
    for (const flow of flows) expect([flow.way, await flow.heardOf()]).toEqual([flow.way, []]);
    for (const vendor of VENDORS) await control(vendor, 'DELETE', 'faults');
    const third = await listAll();
    for (const [index, flow] of flows.entries()) {
      // Where a system has no versions, our own write may seem to have been undone and done again: it is told once.
      const heard = await flow.heardOf();
      expect([flow.way, heard.length <= 1, heard.every(({ payload }) => payload.includes(PHONE))]).toEqual([
        flow.way,
        true,
        true,
      ]);
      const names = (await flow.arrived()).map((name) => name.toLowerCase()).sort();
      expect(names).toEqual(ids[index]?.map((id) => id.toLowerCase()).sort());
      const changed = (await flow.rows()).filter((row) => JSON.stringify(row).includes(PHONE));
      expect([flow.way, changed.length]).toEqual([flow.way, BY_ID.includes(flow.vendor) ? 1 : 0]);
    }
    for (const { id } of syncs) await tenant.client.demand('DELETE', `/v1/syncs/${id}`);
    expect([second, third]).toEqual([first, first.map((seen) => seen + 1)]);
  }, 90_000);
}
