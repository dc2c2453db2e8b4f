import { waitUntil } from '@hub/testing';
import { newCertificate } from '../../support/certificate';
import { type FourSystems, syncsHaveBegun, VENDORS, vendorOf, type Way, WAYS } from '../../support/four-systems';
import { deliveryWhen, unique } from '../../support/staged-hub';
import { CustomerFlow, withinAMinute } from './customer-flow';

const WITH_TOKENS = ['salesforce', 'quickbooks', 'netsuite', 'netsuite-certificate'] as const;
const SIGNED_IN = ['salesforce', 'quickbooks', 'netsuite'] as const;
/** How a connection asks for new credentials, or whether those that it has are still good. */
const RENEWAL: Readonly<Record<Exclude<Way, 'erp'>, { readonly path: string; readonly body?: string }>> = {
  salesforce: { path: '/services/oauth2/token' },
  quickbooks: { path: '/oauth2/v1/tokens/bearer' },
  netsuite: { path: '/oauth2/v1/token', body: 'grant_type=refresh_token' },
  'netsuite-certificate': { path: '/oauth2/v1/token', body: 'grant_type=client_credentials' },
  'netsuite-tba': { path: '/system/v1/serverTime' },
};
/** Connections to one account do not tell each other's writes from a colleague's: only one of them pulls customers. */
const PULLED: Readonly<Record<Way, string>> = {
  salesforce: 'Account',
  quickbooks: 'Customer',
  netsuite: 'customer',
  erp: 'Customer',
  'netsuite-tba': 'vendor',
  'netsuite-certificate': 'contact',
};

/** Tokens that end, and access that is taken away. Needs two workers. */
export function describeSignIns(stage: () => FourSystems): void {
  const renewals = async (way: Exclude<Way, 'erp'>): Promise<readonly (number | null)[]> => {
    const { path, body = '' } = RENEWAL[way];
    const query = new URLSearchParams({ path, limit: '100' });
    const { entries } = await stage().control<{ entries: { status: number | null; request_body: string }[] }>(
      vendorOf(way),
      'GET',
      `requests?${query.toString()}`,
    );
    return entries.flatMap(({ status, request_body: sent }) => (sent.includes(body) ? [status] : []));
  };
  /** A sync of each connection that has been through once. */
  const pulls = async (ways: readonly Way[]): Promise<readonly string[]> => {
    const { tenant, connections } = stage();
    const syncs = await Promise.all(
      ways.map((way) =>
        tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
          name: unique(way),
          connection_id: connections[way],
          object: PULLED[way],
        }),
      ),
    );
    await syncsHaveBegun(stage(), syncs.length);
    return syncs.map(({ id }) => id);
  };
  const run = (sync: string): Promise<{ id: string }> =>
    stage().tenant.client.demand('POST', `/v1/syncs/${sync}/run`, { mode: 'changes' });
  const pullAgain = async (sync: string): Promise<void> => {
    const { id } = await run(sync);
    await waitUntil('the pull to have ended', async () => {
      const { status } = await stage().tenant.client.demand<{ status: string }>('GET', `/v1/syncs/${sync}/runs/${id}`);
      return status === 'succeeded';
    });
  };
  const end = async (syncs: readonly string[]): Promise<void> => {
    for (const id of syncs) await stage().tenant.client.demand('DELETE', `/v1/syncs/${id}`);
  };
  const forgetCalls = async (): Promise<void> => {
    for (const vendor of VENDORS) await stage().control(vendor, 'DELETE', 'requests');
  };

  describe('access', () => {
    it('that has expired is renewed with one call, though deliveries and a pull of two workers meet it at once', async () => {
      const { control } = stage();
      const flows = CustomerFlow.each(stage(), WITH_TOKENS);
      const syncs = await pulls(WITH_TOKENS);
      await forgetCalls();
      for (const vendor of SIGNED_IN) await control(vendor, 'POST', 'tokens/expire', {});
      const [sent] = await Promise.all([Promise.all(flows.map((flow) => flow.send(10))), ...syncs.map(run)]);
      for (const [index, flow] of flows.entries()) {
        const events = await flow.expectOnce(sent[index] ?? []);
        expect(events.map(({ deliveries }) => deliveries[0]?.attempts)).toEqual(Array(10).fill(1));
      }
      for (const way of WITH_TOKENS) expect([way, await renewals(way)]).toEqual([way, [200]]);
      // What the hub has written does not come back to it as news; what is read while it is written may.
      const quiet = CustomerFlow.each(stage(), WITH_TOKENS);
      for (const flow of quiet) {
        await withinAMinute();
        await flow.expectOnce(await flow.send(2));
      }
      await Promise.all(syncs.map(pullAgain));
      for (const flow of quiet) expect([flow.way, await flow.heardOf()]).toEqual([flow.way, []]);
      await end(syncs);
    }, 90_000);

    it('by a token that never ends is refused once for a clock that is off, and is no reason to ask anybody', async () => {
      const { control, connection } = stage();
      const [flow] = CustomerFlow.each(stage(), ['netsuite-tba']);
      const syncs = await pulls(['netsuite-tba']);
      // There, and back again: a clock that differs, and one that does not any more.
      for (const offset of [20 * 60_000, 0]) {
        // Before: whichever call meets the other clock first is the one that is refused.
        await forgetCalls();
        await control('netsuite', 'POST', 'clock', { offset_ms: offset });
        const [sent = []] = await Promise.all([flow?.send(10), ...syncs.map(run)]);
        const events = await flow?.settled(sent);
        expect(events?.map(({ status, deliveries }) => [status, deliveries[0]?.attempts])).toEqual(
          Array(10).fill(['succeeded', 1]),
        );
        // With the time that was thought to be right, and with NetSuite's own.
        expect(await renewals('netsuite-tba')).toEqual([401, 200]);
      }
      expect(await flow?.arrived()).toHaveLength(20);
      expect((await connection('netsuite-tba')).auth_state).toBe('connected');
      await Promise.all(syncs.map(pullAgain));
      await end(syncs);
    }, 60_000);

    it('that is taken away mid-run holds everything, says what to do, and loses nothing', async () => {
      const { tenant, control, connection } = stage();
      const flows = CustomerFlow.each(stage());
      const before = await Promise.all(flows.map((flow) => flow.send(5)));
      await forgetCalls();
      for (const vendor of SIGNED_IN) await control(vendor, 'POST', 'tokens/revoke', {});
      const password = `canary-${unique('changed')}`;
      await control('erp', 'POST', 'credentials', { company: 'acme', password });
      const after = await Promise.all(flows.map((flow) => flow.send(5)));
      for (const { way } of flows) {
        await waitUntil(
          `${way} to need a person`,
          async () => (await connection(way)).status === 'needs_reauth',
          20_000,
        );
        const { auth_state: state, auth_advice: advice } = await connection(way);
        expect([way, state]).toEqual([way, 'needs_reauth']);
        expect(advice).toMatch(/sign in again|new credentials|enter/i);
      }
      for (const [index] of flows.entries()) {
        const held = await deliveryWhen(tenant.client, after[index]?.[4] ?? '', ({ status }) => status === 'held');
        expect(held).toMatchObject({ reason: 'connection_needs_reauth', attempts: 0 });
      }
      for (const way of WAYS) if (way !== 'erp') expect([way, (await renewals(way)).length]).toEqual([way, 1]);
      await reconnect(stage(), password);
      for (const [index, flow] of flows.entries()) {
        await flow.expectOnce([...(before[index] ?? []), ...(after[index] ?? [])]);
        expect([flow.way, (await connection(flow.way)).status]).toEqual([flow.way, 'active']);
      }
      const syncs = await pulls(WAYS);
      await end(syncs);
    }, 120_000);
  });
}

/** Each as its vendor wants it: a person signs in, or new credentials are made there and entered here. */
async function reconnect(
  { tenant, connections, control, signIn, secrets }: FourSystems,
  password: string,
): Promise<void> {
  secrets.erp = password;
  const enter = (way: Way, credentials: object): Promise<unknown> =>
    tenant.client.demand('PUT', `/v1/connections/${connections[way]}/credentials`, credentials);
  for (const vendor of SIGNED_IN) await signIn(vendor);
  const { accounts } = await control<{ accounts: { slug: string; username: string }[] }>('erp', 'GET', 'accounts');
  await enter('erp', { username: accounts.find(({ slug }) => slug === 'acme')?.username, password });
  const { clientId, clientSecret } = (
    await control<{ accounts: { clientId: string; clientSecret: string }[] }>('netsuite', 'GET', 'accounts')
  ).accounts[0] as { clientId: string; clientSecret: string };
  const token = await control<object>('netsuite', 'POST', 'tokens/tba', {});
  await enter('netsuite-tba', { consumer_key: clientId, consumer_secret: clientSecret, ...token });
  const { certificate, privateKey } = newCertificate();
  const uploaded = await control<object>('netsuite', 'POST', 'certificates', { certificate });
  await enter('netsuite-certificate', { client_id: clientId, ...uploaded, private_key: privateKey });
}
