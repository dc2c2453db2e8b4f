import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@hub/local-services';
import { stageHub, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';

/** How the hub is reached from outside; the browser of these tests comes in by another door. */
const PUBLIC_URL = 'http://127.0.0.1:9';

/** A hub whose tenant has signed in to Salesforce and QuickBooks through their pages, with both calling the hub's hooks. */
export interface SignedInHub {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly salesforce: string;
  readonly quickbooks: string;
  applyRecipes(source: string, target: string, recipes: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startSignedInHub(): Promise<SignedInHub> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-case-study-'));
  const [salesforcePort, quickbooksPort] = [await findFreePort(), await findFreePort()];
  const client = () => ({ id: `hub-${randomBytes(8).toString('hex')}`, secret: randomBytes(16).toString('hex') });
  const [salesforceApp, quickbooksApp] = [client(), client()];
  const verifier = randomBytes(18).toString('hex');
  const quickbooksUrl = `http://127.0.0.1:${quickbooksPort}`;
  const file = join(folder, 'oauth-apps.json');
  writeFileSync(
    file,
    JSON.stringify({
      salesforce: {
        production: {
          client_id: salesforceApp.id,
          client_secret: salesforceApp.secret,
          endpoints: { login: `http://127.0.0.1:${salesforcePort}` },
        },
      },
      quickbooks: {
        production: {
          client_id: quickbooksApp.id,
          client_secret: quickbooksApp.secret,
          endpoints: {
            authorize: `${quickbooksUrl}/connect/oauth2`,
            token: `${quickbooksUrl}/oauth2/v1/tokens/bearer`,
            revoke: `${quickbooksUrl}/v2/oauth2/tokens/revoke`,
            api: quickbooksUrl,
          },
          secrets: { webhook_verifier_token: verifier },
        },
      },
    }),
  );
  const hub = await stageHub({
    queue: 'redis',
    env: { HUB_PUBLIC_URL: PUBLIC_URL, HUB_OAUTH_APPS_FILE: file },
    sandboxFlags: [
      ...['--salesforce-port', String(salesforcePort), '--quickbooks-port', String(quickbooksPort)],
      ...['--quickbooks-limit-factor', '50'],
    ],
  });
  const stop = async (): Promise<void> => {
    await hub.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    const tenant = await hub.newTenant();
    const register = (vendor: string, app: { id: string; secret: string }): Promise<unknown> =>
      hub.sandbox.vendor(vendor, 'POST', 'apps', {
        client_id: app.id,
        client_secret: app.secret,
        callback_urls: [`${PUBLIC_URL}/oauth/callback/${vendor}`],
      });
    await hub.sandbox.vendor('quickbooks', 'POST', 'reset', { empty: true });
    await register('salesforce', salesforceApp);
    await register('quickbooks', quickbooksApp);
    for (const vendor of ['salesforce', 'quickbooks'])
      await hub.sandbox.vendor(vendor, 'POST', 'settings', { auto_approve: true });
    const salesforce = await connect(tenant, 'salesforce', {});
    const quickbooks = await connect(tenant, 'quickbooks', { default_item_id: '1', income_account_id: '5' });
    await hub.sandbox.vendor('quickbooks', 'POST', 'webhook', {
      url: `${tenant.client.apiUrl}/hooks/quickbooks/production`,
      verifier_token: verifier,
      retry_scale: 0,
    });
    const { url } = await tenant.client.demand<{ url: string }>('POST', `/v1/connections/${salesforce}/hook`);
    for (const object of ['Opportunity', 'Account'])
      await hub.sandbox.salesforce('POST', 'outbound-messages', {
        object,
        url: url.replace(PUBLIC_URL, tenant.client.apiUrl),
        fields: ['Name'],
        retry_ms: 200,
      });
    return {
      hub,
      tenant,
      salesforce,
      quickbooks,
      stop,
      applyRecipes: async (source, target, recipes) => {
        await tenant.client.demand('POST', '/v1/recipes/apply', {
          source_connection_id: source,
          target_connection_id: target,
          recipe_ids: recipes,
        });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A person follows the link, allows access at the vendor, and is sent back. */
async function connect(
  { client }: StagedTenant,
  connector: string,
  config: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { id } = await client.demand<{ id: string }>('POST', '/v1/connections', {
    name: unique(connector),
    connector,
    config,
  });
  const { authorize_url: url } = await client.demand<{ authorize_url: string }>(
    'POST',
    `/v1/connections/${id}/authorize`,
  );
  const hint = connector === 'quickbooks' ? '&login_hint=acme' : '';
  const allowed = await fetch(`${url}${hint}`, { redirect: 'manual' });
  const callback = allowed.headers.get('location') ?? '';
  const back = await fetch(callback.replace(PUBLIC_URL, client.apiUrl), { redirect: 'manual' });
  if (back.status !== 200)
    throw new Error(`signing in to ${connector} ended with ${back.status}: ${await back.text()}`);
  return id;
}
