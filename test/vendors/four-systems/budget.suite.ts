import { type FourSystems } from '../../support/four-systems';
import { addMapping, addRoute } from '../../support/staged-hub';
import { settledDeliveries } from '../../faults/invariants';

/** As in a first sync: each of them is new, has a number or an address, and is looked for before it is written. */
const BUDGETS = [
  {
    vendor: 'salesforce',
    records: 10_000,
    calls: 60,
    path: '/services/data/',
    looks: '/composite',
    mapping:
      '{ "Hub_Id__c": name, "Name": name, "AccountNumber": number, "_link": { "type": "customer", "id": number } }',
  },
  {
    vendor: 'quickbooks',
    records: 3_000,
    calls: 110,
    path: '/v3/company/',
    looks: '/query',
    mapping:
      '{ "DisplayName": name, "PrimaryEmailAddr": { "Address": email }, "_link": { "type": "customer", "id": number } }',
  },
] as const;
const BATCH = 1_000;

/** What a backlog costs of the calls that a vendor sells. */
export function describeBudgets(stage: () => FourSystems): void {
  it.each(BUDGETS)(
    '$records customers into $vendor cost at most $calls calls',
    async ({ vendor, records, calls, path, looks, mapping }) => {
      const { hub, connections, control } = stage();
      const { tenant } = stage();
      const { client } = tenant;
      await addRoute(tenant, {
        event_type: `${vendor}.bulk`,
        connection_id: connections[vendor],
        operation: 'customer.upsert',
        mapping_id: await addMapping(tenant, mapping),
      });
      await client.demand('POST', `/v1/connections/${connections[vendor]}/pause`);
      for (let at = 0; at < records; at += BATCH) {
        const events = Array.from({ length: BATCH }, (_unused, n) => {
          const name = `Bulk ${vendor} ${at + n}`;
          const data = { name, number: `B-${at + n}`, email: `bulk-${at + n}@example.com` };
          return { event_id: name, type: `${vendor}.bulk`, source: 'old-system', data };
        });
        await client.demand('POST', '/v1/events/batch', { events });
      }
      // The vendor takes a while for a job of many records; how long, does not matter here.
      if (vendor === 'salesforce') await control(vendor, 'POST', 'settings', { bulk_step_ms: 100 });
      await control(vendor, 'DELETE', 'requests');
      await client.demand('POST', `/v1/connections/${connections[vendor]}/resume`);
      await settledDeliveries(hub.database, tenant.uuid, 110_000);
      const query = new URLSearchParams({ limit: '2000', path });
      const { entries } = await control<{ entries: { path: string }[] }>(vendor, 'GET', `requests?${query.toString()}`);
      const { rows } = await hub.database.asSuperuser((database) =>
        database.query<{ n: string; ids: string }>(
          `select count(*) as n, count(distinct d.external_id) as ids from deliveries d
         join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id
         where d.tenant_id = $1 and d.status = 'succeeded' and d.attempts = 1 and e.type = $2`,
          [tenant.uuid, `${vendor}.bulk`],
        ),
      );
      expect(rows).toEqual([{ n: String(records), ids: String(records) }]);
      expect(entries.filter((entry) => entry.path.includes(looks)).length).toBeGreaterThan(0);
      expect(entries.length).toBeLessThanOrEqual(calls);
    },
    180_000,
  );
}
