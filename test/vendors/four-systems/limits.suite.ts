import { waitUntil } from '@hub/testing';
import { type FourSystems, type Vendor } from '../../support/four-systems';
import { deliveryWhen, eventWhen } from '../../support/staged-hub';
import { CustomerFlow } from './customer-flow';

interface Health {
  readonly resume_at: string | null;
  readonly resume_reason: string | null;
}

/** Vendors that ask for time, or have no room. */
export function describeLimits(stage: () => FourSystems): void {
  const health = (vendor: Vendor): Promise<Health> =>
    stage().tenant.client.demand<Health>('GET', `/v1/connections/${stage().connections[vendor]}/health`);
  const flow = (vendor: Vendor): CustomerFlow => CustomerFlow.each(stage(), [vendor])[0] as CustomerFlow;
  const openUp = async (vendor: Vendor): Promise<void> => {
    // As if the time that the vendor asked for were over.
    await stage().hub.database.asSuperuser(async (client) => {
      const ids = [stage().tenant.uuid, vendor];
      const connection = `(select id from connections where tenant_id = $1 and connector_id = $2)`;
      await client.query(
        `update connection_runtime set resume_at = now() where tenant_id = $1 and connection_id = ${connection}`,
        ids,
      );
      await client.query(
        `update deliveries set next_attempt_at = now() where tenant_id = $1 and connection_id = ${connection} and status = 'pending'`,
        ids,
      );
    });
  };

  const throttles: readonly {
    readonly vendor: Vendor;
    readonly how: string;
    readonly begin: () => Promise<unknown>;
    readonly end: () => Promise<unknown>;
    readonly reason: 'rate_limited' | 'misconfigured';
    /** What the vendor asks for; null where it says nothing. */
    readonly seconds: readonly [number, number];
  }[] = [
    {
      vendor: 'quickbooks',
      how: 'an XML page with status 429',
      begin: () =>
        stage().control('quickbooks', 'POST', 'faults/preset', { preset: 'throttle_429', match: { method: 'POST' } }),
      end: () => stage().control('quickbooks', 'DELETE', 'faults'),
      reason: 'rate_limited',
      seconds: [30, 60],
    },
    {
      vendor: 'salesforce',
      how: 'the calls of the day used up',
      begin: () => stage().control('salesforce', 'POST', 'settings', { daily_api_limit: 1, api_usage: 1 }),
      end: () => stage().control('salesforce', 'POST', 'settings', { daily_api_limit: 1_000_000, api_usage: 0 }),
      reason: 'rate_limited',
      seconds: [850, 900],
    },
    {
      vendor: 'salesforce',
      how: 'the API switched off by an administrator',
      begin: () => stage().control('salesforce', 'POST', 'settings', { api_access: 'disabled_for_org' }),
      end: () => stage().control('salesforce', 'POST', 'settings', { api_access: 'enabled' }),
      reason: 'misconfigured',
      seconds: [30, 60],
    },
  ];

  describe('a system that asks for time is left in peace, alone, and no attempt is used up', () => {
    it.each(throttles.map((throttle) => [throttle.vendor, throttle.how, throttle] as const))(
      '%s: %s',
      async (vendor, _how, { begin, end, reason, seconds }) => {
        const { tenant } = stage();
        const throttled = flow(vendor);
        const other = flow('erp');
        await begin();
        const sent = await throttled.send(3);
        await waitUntil('the connection to wait', async () => (await health(vendor)).resume_reason === reason, 20_000);
        const { resume_at: resumeAt } = await health(vendor);
        const wait = (Date.parse(resumeAt ?? '') - Date.now()) / 1_000;
        expect(wait).toBeGreaterThan(seconds[0]);
        expect(wait).toBeLessThanOrEqual(seconds[1]);
        const later = await throttled.send(1);
        await other.expectOnce(await other.send(1));
        for (const id of [...sent, ...later]) {
          const waiting = await deliveryWhen(tenant.client, id, ({ status }) => status === 'held');
          expect(waiting).toMatchObject({ status: 'held', reason, attempts: 0 });
        }
        await end();
        await openUp(vendor);
        const events = await throttled.expectOnce([...sent, ...later]);
        expect(events.map(({ deliveries }) => deliveries[0]?.attempts)).toEqual([1, 1, 1, 1]);
      },
      60_000,
    );

    it.each([
      ['netsuite', 'background_concurrency'],
      ['salesforce', 'background_long_calls'],
    ] as const)(
      '%s: no room beside the calls of others',
      async (vendor, calls) => {
        const { control, tenant } = stage();
        const [crowded, other] = [flow(vendor), flow('erp')];
        await control(vendor, 'POST', 'settings', { [calls]: 1_000 });
        const sent = await crowded.send(3);
        await eventWhen(
          tenant.client,
          sent[0] ?? '',
          ({ deliveries }) => deliveries[0]?.last_error?.category === 'concurrency',
        );
        await other.expectOnce(await other.send(1));
        await control(vendor, 'POST', 'settings', { [calls]: 0 });
        const events = await crowded.expectOnce(sent);
        expect(events.map(({ deliveries }) => deliveries[0]?.attempts)).toEqual([1, 1, 1]);
      },
      60_000,
    );
  });

  it('NetSuite never has more calls under way than its limit, whatever two workers do', async () => {
    const { control, tenant, connections } = stage();
    const limit = 3;
    await control('netsuite', 'POST', 'settings', { concurrency_limit: limit, write_delay_ms: 20, read_delay_ms: 20 });
    await control('netsuite', 'DELETE', 'concurrency');
    const netsuite = flow('netsuite');
    const objects = ['customer', 'invoice', 'item'];
    const syncs = await Promise.all(
      objects.map((object) =>
        tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
          name: `${netsuite.prefix} ${object}`,
          connection_id: connections.netsuite,
          object,
        }),
      ),
    );
    const sent = await netsuite.send(40);
    for (const { id } of syncs) await tenant.client.demand('POST', `/v1/syncs/${id}/run`, { mode: 'full' });
    await netsuite.expectOnce(sent);
    const { accounts } = await control<{ accounts: { peak: number; refused: number }[] }>(
      'netsuite',
      'GET',
      'concurrency',
    );
    expect(Math.max(...accounts.map(({ peak }) => peak))).toBeLessThanOrEqual(limit);
    expect(Math.max(...accounts.map(({ peak }) => peak))).toBeGreaterThan(1);
    expect(accounts.map(({ refused }) => refused)).toEqual(accounts.map(() => 0));
    for (const { id } of syncs) await tenant.client.demand('DELETE', `/v1/syncs/${id}`);
    await control('netsuite', 'POST', 'settings', { concurrency_limit: 25, write_delay_ms: 0, read_delay_ms: 0 });
  }, 60_000);
}
