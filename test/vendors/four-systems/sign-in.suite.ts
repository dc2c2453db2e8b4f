import { waitUntil } from '@hub/testing';
import { type FourSystems, type Vendor } from '../../support/four-systems';
import { deliveryWhen, unique } from '../../support/staged-hub';
import { CustomerFlow } from './customer-flow';

const WITH_TOKENS = ['salesforce', 'quickbooks', 'netsuite'] as const;
const TOKEN_PATH: Readonly<Record<(typeof WITH_TOKENS)[number], string>> = {
  salesforce: '/services/oauth2/token',
  quickbooks: '/oauth2/v1/tokens/bearer',
  netsuite: '/oauth2/v1/token',
};
const PULLED: Readonly<Record<Vendor, string>> = {
  salesforce: 'Account',
  quickbooks: 'Customer',
  netsuite: 'customer',
  erp: 'Customer',
};

/** Tokens that end, and access that is taken away. Needs two workers. */
export function describeSignIns(stage: () => FourSystems): void {
  const refreshes = async (vendor: (typeof WITH_TOKENS)[number]): Promise<readonly (number | null)[]> => {
    const query = new URLSearchParams({ path: TOKEN_PATH[vendor], method: 'POST', limit: '100' });
    const { entries } = await stage().control<{ entries: { status: number | null }[] }>(
      vendor,
      'GET',
      `requests?${query.toString()}`,
    );
    return entries.map(({ status }) => status);
  };

  describe('access', () => {
    it('that has expired is renewed with one call, though deliveries and a pull of two workers meet it at once', async () => {
      const { tenant, connections, control } = stage();
      const flows = CustomerFlow.each(stage(), WITH_TOKENS);
      const syncs = await Promise.all(
        WITH_TOKENS.map((vendor) =>
          tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
            name: unique(vendor),
            connection_id: connections[vendor],
            object: PULLED[vendor],
          }),
        ),
      );
      await waitUntil('the pulls to have begun', async () => {
        const { data } = await tenant.client.demand<{ data: { last_success_at: string | null }[] }>('GET', '/v1/syncs');
        return data.length === syncs.length && data.every(({ last_success_at: at }) => at !== null);
      });
      for (const vendor of WITH_TOKENS) {
        await control(vendor, 'DELETE', 'requests');
        await control(vendor, 'POST', 'tokens/expire', {});
      }
      const [sent] = await Promise.all([
        Promise.all(flows.map((flow) => flow.send(10))),
        ...syncs.map(({ id }) => tenant.client.demand('POST', `/v1/syncs/${id}/run`, { mode: 'changes' })),
      ]);
      for (const [index, flow] of flows.entries()) {
        const events = await flow.expectOnce(sent[index] ?? []);
        expect(events.map(({ deliveries }) => deliveries[0]?.attempts)).toEqual(Array(10).fill(1));
      }
      for (const vendor of WITH_TOKENS) expect([vendor, await refreshes(vendor)]).toEqual([vendor, [200]]);
      // What the hub has just written does not come back to it as news.
      for (const { id } of syncs) await pullAgain(stage(), id);
      for (const { vendor, prefix } of flows) {
        const { rows } = await stage().hub.database.asSuperuser((client) =>
          client.query(`select type from events where tenant_id = $1 and source like 'sync/%' and payload like $2`, [
            tenant.uuid,
            `%${prefix}%`,
          ]),
        );
        expect([vendor, rows]).toEqual([vendor, []]);
      }
      for (const { id } of syncs) await tenant.client.demand('DELETE', `/v1/syncs/${id}`);
    }, 90_000);

    it('that is taken away mid-run holds everything, says what to do, and loses nothing', async () => {
      const { tenant, connections, control, connection, signIn, secrets } = stage();
      const flows = CustomerFlow.each(stage());
      const before = await Promise.all(flows.map((flow) => flow.send(5)));
      for (const vendor of WITH_TOKENS) {
        await control(vendor, 'DELETE', 'requests');
        await control(vendor, 'POST', 'tokens/revoke', {});
      }
      const account = await erpAccount(stage());
      const password = `canary-${unique('changed')}`;
      secrets.erp = password;
      await control('erp', 'POST', 'credentials', { company: 'acme', password });
      const after = await Promise.all(flows.map((flow) => flow.send(5)));
      for (const { vendor } of flows) {
        await waitUntil(
          `${vendor} to need a person`,
          async () => (await connection(vendor)).status === 'needs_reauth',
          20_000,
        );
        const { auth_state: state, auth_advice: advice } = await connection(vendor);
        expect([vendor, state]).toEqual([vendor, 'needs_reauth']);
        expect(advice).toMatch(/sign in again|new credentials|enter/i);
      }
      for (const [index] of flows.entries()) {
        const held = await deliveryWhen(tenant.client, after[index]?.[4] ?? '', ({ status }) => status === 'held');
        expect(held).toMatchObject({ reason: 'connection_needs_reauth', attempts: 0 });
      }
      for (const vendor of WITH_TOKENS) {
        expect([vendor, (await refreshes(vendor)).length]).toEqual([vendor, 1]);
        await signIn(vendor);
      }
      await tenant.client.demand('PUT', `/v1/connections/${connections.erp}/credentials`, {
        username: account.username,
        password,
      });
      for (const [index, flow] of flows.entries())
        await flow.expectOnce([...(before[index] ?? []), ...(after[index] ?? [])]);
    }, 120_000);
  });
}

async function pullAgain({ tenant }: FourSystems, syncId: string): Promise<void> {
  const path = `/v1/syncs/${syncId}`;
  const { id } = await tenant.client.demand<{ id: string }>('POST', `${path}/run`, { mode: 'changes' });
  await waitUntil('the pull to have ended', async () => {
    const { status } = await tenant.client.demand<{ status: string }>('GET', `${path}/runs/${id}`);
    return status === 'succeeded';
  });
}

async function erpAccount({ control }: FourSystems): Promise<{ username: string }> {
  const { accounts } = await control<{ accounts: { slug: string; username: string }[] }>('erp', 'GET', 'accounts');
  const found = accounts.find(({ slug }) => slug === 'acme');
  if (found === undefined) throw new Error('the ERP has no company acme');
  return found;
}
