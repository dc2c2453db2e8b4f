import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPort, waitUntil } from '@hub/testing';
import {
  accept,
  addMapping,
  addRoute,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { setOut } from '../../../test/support/set-out';

const MAPPING = '{ "Hub_Id__c": id, "Name": name }';
/** How the hub is reached from outside; the browser of these tests comes in by another door. */
const PUBLIC_URL = 'http://127.0.0.1:9';
const CALLBACK = `${PUBLIC_URL}/oauth/callback/salesforce`;
const CLIENT = { id: `hub-${randomBytes(8).toString('hex')}`, secret: `canary-${randomBytes(12).toString('hex')}` };

interface Connection {
  readonly id: string;
  readonly status: string;
  readonly auth_state: string;
  readonly auth_advice: string | null;
  readonly account: { id: string; name: string } | null;
}

describe('signing in to Salesforce', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-sign-in-'));
  let hub: StagedHub;
  let tenant: StagedTenant;
  let connection: string;

  beforeAll(async () => {
    const port = await ownPort();
    const file = join(folder, 'oauth-apps.json');
    const app = {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      endpoints: { login: `http://127.0.0.1:${port}` },
    };
    writeFileSync(file, JSON.stringify({ salesforce: { production: app } }));
    hub = await stageHub({
      queue: 'redis',
      workers: 2,
      env: { HUB_PUBLIC_URL: PUBLIC_URL, HUB_OAUTH_APPS_FILE: file, HUB_LOG_LEVEL: 'debug' },
      sandboxFlags: ['--salesforce-port', String(port)],
    });
    await hub.sandbox.salesforce('POST', 'apps', {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      callback_urls: [CALLBACK],
      require_pkce: true,
    });
    await hub.sandbox.salesforce('POST', 'settings', { auto_approve: true });
    tenant = await hub.newTenant();
    ({ id: connection } = await tenant.client.demand<Connection>('POST', '/v1/connections', {
      name: unique('salesforce'),
      connector: 'salesforce',
      config: {},
    }));
    await addRoute(tenant, {
      event_type: 'customer.*',
      connection_id: connection,
      operation: 'Account.upsert',
      mapping_id: await addMapping(tenant, MAPPING),
    });
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    rmSync(folder, { recursive: true });
  });

  const customer = (id: string): Record<string, unknown> => ({
    type: 'customer.created',
    data: { id, name: `Customer ${id}` },
  });
  const state = (): Promise<Connection> => tenant.client.demand<Connection>('GET', `/v1/connections/${connection}`);

  /** A person follows the link, allows access at the vendor, and is sent back. */
  async function signIn(): Promise<{ status: number; text: string }> {
    const { authorize_url: url } = await tenant.client.demand<{ authorize_url: string }>(
      'POST',
      `/v1/connections/${connection}/authorize`,
    );
    const { vendorUrl, cookie } = await setOut(url.replace(PUBLIC_URL, tenant.client.apiUrl));
    const allowed = await fetch(vendorUrl, { redirect: 'manual' });
    const callback = allowed.headers.get('location') ?? '';
    if (!callback.startsWith(CALLBACK)) throw new Error(`the vendor answered ${allowed.status} ${callback}`);
    const back = await fetch(callback.replace(PUBLIC_URL, tenant.client.apiUrl), {
      redirect: 'manual',
      headers: { cookie },
    });
    return { status: back.status, text: await back.text() };
  }

  it('connects, and delivers what has waited for it', async () => {
    const waiting = await accept(tenant.client, customer(unique('first')));
    const held = await deliveryWhen(tenant.client, waiting, ({ status }) => status === 'held');
    expect(held).toMatchObject({ reason: 'connection_needs_reauth', attempts: 0 });
    expect(await state()).toMatchObject({ auth_state: 'not_connected', account: null });
    const page = await signIn();
    expect([page.status, page.text.includes('Connected')]).toEqual([200, true]);
    expect((await eventWhen(tenant.client, waiting, settled)).status).toBe('succeeded');
    const [first] = await hub.sandbox.accounts();
    expect(await state()).toMatchObject({ status: 'active', auth_state: 'connected', account: { id: first?.orgId } });
  });

  it('holds everything with one refresh call when access is taken away mid-run, and loses nothing', async () => {
    const prefix = unique('revoked');
    await hub.sandbox.salesforce('DELETE', 'requests');
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => accept(tenant.client, customer(`${prefix}-${n}`))),
    );
    await hub.sandbox.salesforce('POST', 'tokens/revoke', {});
    const late = await Promise.all(
      Array.from({ length: 20 }, (_, n) => accept(tenant.client, customer(`${prefix}-late-${n}`))),
    );
    await waitUntil('the connection to need a person', async () => (await state()).status === 'needs_reauth', 20_000);
    const refused = await state();
    expect(refused.auth_state).toBe('needs_reauth');
    expect(refused.auth_advice).toMatch(/Sign in again/);
    const held = await deliveryWhen(tenant.client, late[19] ?? '', ({ status }) => status === 'held');
    expect(held).toMatchObject({ reason: 'connection_needs_reauth', attempts: 0 });
    const refreshes = await hub.sandbox.calls({ method: 'POST', path: '/services/oauth2/token' });
    expect(refreshes.map(({ status }) => status)).toEqual([400]);
    expect((await signIn()).status).toBe(200);
    for (const trackingId of [...sent, ...late])
      expect((await eventWhen(tenant.client, trackingId, settled)).status).toBe('succeeded');
    const [first] = await hub.sandbox.accounts();
    const records = await hub.sandbox.records('Account', first?.orgId ?? '');
    expect(records.filter((record) => String(record['Hub_Id__c']).startsWith(prefix))).toHaveLength(40);
    expect(await state()).toMatchObject({ id: connection, auth_state: 'connected' });
  }, 60_000);

  it('refreshes an expired token once for two workers', async () => {
    const prefix = unique('expired');
    await hub.sandbox.salesforce('DELETE', 'requests');
    await hub.sandbox.salesforce('POST', 'tokens/expire', {});
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, n) => accept(tenant.client, customer(`${prefix}-${n}`))),
    );
    for (const trackingId of sent) {
      expect(await eventWhen(tenant.client, trackingId, settled)).toMatchObject({
        status: 'succeeded',
        deliveries: [{ attempts: 1 }],
      });
    }
    const refreshes = await hub.sandbox.calls({ method: 'POST', path: '/services/oauth2/token' });
    expect(refreshes.map(({ status }) => status)).toEqual([200]);
  });

  it('ends the grant at the vendor when the connection is deleted', async () => {
    const { data } = await tenant.client.demand<{ data: { id: string }[] }>('GET', '/v1/routes');
    for (const { id } of data) await tenant.client.demand('DELETE', `/v1/routes/${id}`);
    await tenant.client.demand('DELETE', `/v1/connections/${connection}`);
    const revocations = await hub.sandbox.calls({ path: '/services/oauth2/revoke' });
    expect(revocations.map(({ status }) => status)).toEqual([200]);
  });

  it('says nothing secret in any log', () => {
    const output = [...hub.apis, ...hub.workers].map((process) => process.output).join('\n');
    expect(output).toContain('a sign-in came back');
    for (const secret of [CLIENT.secret, 'code=', 'state=']) expect(output).not.toContain(secret);
  });
});
