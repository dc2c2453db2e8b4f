import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'lossless-json';
import { ownPort, waitUntil } from '@hub/testing';
import { stageHub, unique, type StagedHub, type StagedTenant } from './staged-hub';
import { setOut } from './set-out';

/** How the hub is reached from outside; the browser of these tests comes in by another door. */
const PUBLIC_URL = 'http://127.0.0.1:9';

export const VENDORS = ['salesforce', 'quickbooks', 'netsuite', 'erp'] as const;
export type Vendor = (typeof VENDORS)[number];
type OAuthVendor = Exclude<Vendor, 'erp'>;
/** Connections: one for each vendor that people sign in to, and NetSuite's two ways without a person. */
export const WAYS = [...VENDORS, 'netsuite-tba', 'netsuite-certificate'] as const;
export type Way = (typeof WAYS)[number];

export function vendorOf(way: Way): Vendor {
  return way === 'netsuite-tba' || way === 'netsuite-certificate' ? 'netsuite' : way;
}

export interface ConnectionView {
  readonly id: string;
  readonly status: string;
  readonly auth_state: string;
  readonly auth_advice: string | null;
}

export interface FourSystemsOptions {
  readonly workers?: number;
}

/** A hub whose tenant has signed in to all four stand-ins, with Salesforce and QuickBooks calling the hub's hooks. */
export interface FourSystems {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly connections: Readonly<Record<Way, string>>;
  /** What each vendor's connection knows and must be seen nowhere. */
  readonly secrets: Record<Vendor, string>;
  readonly webhookVerifier: string;
  control<T = unknown>(vendor: Vendor, method: string, path: string, body?: unknown): Promise<T>;
  connection(way: Way): Promise<ConnectionView>;
  /** A person follows the link, allows access at the vendor, and is sent back. */
  signIn(vendor: OAuthVendor): Promise<void>;
  /** A vendor's own call to the hub's hooks, as its administrator sets it up. */
  callHooks(): Promise<void>;
  applyRecipes(source: Vendor, target: Vendor, recipes: readonly string[]): Promise<void>;
  /** Records as the vendor has them, of the tenant's account. */
  records(vendor: Vendor, kind: string): Promise<readonly VendorRow[]>;
  /** The same with numbers as the text that the vendor prints: nothing of them is lost in a double. */
  exactRecords(vendor: Vendor, kind: string): Promise<readonly VendorRow[]>;
  stop(): Promise<void>;
}

export type VendorRow = Readonly<Record<string, unknown>>;

interface ErpAccount {
  readonly slug: string;
  readonly companyCode: string;
  readonly username: string;
  readonly password: string;
  readonly timeZone: string;
  readonly endpoint: string;
}

interface NetSuiteAccount {
  readonly accountId: string;
  readonly username: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly certificateId: string;
  readonly certificatePrivateKey: string;
  readonly url: string;
}

/** Whom the tenant's people are at each vendor. */
const LOGIN_HINT: Readonly<Record<OAuthVendor, string>> = {
  salesforce: 'integration@acme.example.com',
  quickbooks: 'acme',
  netsuite: 'integration@acme.example.com',
};

export async function startFourSystems(options: FourSystemsOptions = {}): Promise<FourSystems> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-four-systems-'));
  const ports = {
    salesforce: await ownPort(),
    quickbooks: await ownPort(),
    netsuite: await ownPort(),
  };
  const apps = {
    salesforce: newApp('salesforce'),
    quickbooks: newApp('quickbooks'),
    netsuite: newApp('netsuite'),
  };
  const verifier = `canary-verifier-${randomBytes(12).toString('hex')}`;
  const file = join(folder, 'oauth-apps.json');
  writeFileSync(file, JSON.stringify(oauthApps(ports, apps, verifier)));
  const hub = await stageHub({
    queue: 'redis',
    workers: options.workers ?? 1,
    env: { HUB_PUBLIC_URL: PUBLIC_URL, HUB_OAUTH_APPS_FILE: file, HUB_LOG_LEVEL: 'debug' },
    sandboxFlags: [
      ...Object.entries(ports).flatMap(([vendor, port]) => [`--${vendor}-port`, String(port)]),
      ...['--quickbooks-limit-factor', '50'],
    ],
  });
  const stop = async (): Promise<void> => {
    await hub.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    // NetSuite keeps its year of records: its items are among them.
    await hub.sandbox.vendor('quickbooks', 'POST', 'reset', { empty: true });
    for (const vendor of ['salesforce', 'quickbooks', 'netsuite'] as const) {
      await hub.sandbox.vendor(vendor, 'POST', 'apps', {
        client_id: apps[vendor].id,
        client_secret: apps[vendor].secret,
        callback_urls: [`${PUBLIC_URL}/oauth/callback/${vendor}`],
      });
      await hub.sandbox.vendor(vendor, 'POST', 'settings', { auto_approve: true });
    }
    const { accounts } = await hub.sandbox.vendor<{ accounts: ErpAccount[] }>('erp', 'GET', 'accounts');
    const erp = accounts.find(({ slug }) => slug === 'acme');
    const netsuite = await hub.sandbox.vendor<{ accounts: NetSuiteAccount[] }>('netsuite', 'GET', 'accounts');
    const books = netsuite.accounts.find(({ username }) => username === LOGIN_HINT.netsuite);
    if (erp === undefined || books === undefined) throw new Error('the stand-ins have no account of acme');
    const connections = await connectAll(tenant, erp, books);
    const salesforceOrg = (await hub.sandbox.accounts()).find(({ username }) => username === LOGIN_HINT.salesforce);
    const placeOf = (vendor: Vendor, kind: string): string => {
      const places: Readonly<Record<Vendor, Record<string, string>>> = {
        salesforce: { org: salesforceOrg?.orgId ?? '', object: kind },
        quickbooks: { realm: 'acme', entity: kind },
        netsuite: { account: books.accountId, type: kind },
        erp: { company: erp.companyCode, entity: kind },
      };
      return `records?${new URLSearchParams({ ...places[vendor], limit: '2000' }).toString()}`;
    };
    const system: FourSystems = {
      hub,
      tenant,
      connections,
      secrets: {
        salesforce: apps.salesforce.secret,
        quickbooks: apps.quickbooks.secret,
        netsuite: apps.netsuite.secret,
        erp: erp.password,
      },
      webhookVerifier: verifier,
      control: (vendor, method, path, body) => hub.sandbox.vendor(vendor, method, path, body),
      connection: (way) => tenant.client.demand('GET', `/v1/connections/${connections[way]}`),
      signIn: (vendor) => signIn(tenant, vendor, connections[vendor]),
      callHooks: () => callHooks(hub, tenant, connections, verifier),
      applyRecipes: async (source, target, recipes) => {
        await tenant.client.demand('POST', '/v1/recipes/apply', {
          source_connection_id: connections[source],
          target_connection_id: connections[target],
          recipe_ids: recipes,
        });
      },
      records: async (vendor, kind) =>
        (await hub.sandbox.vendor<{ records: VendorRow[] }>(vendor, 'GET', placeOf(vendor, kind))).records,
      exactRecords: async (vendor, kind) => {
        const text = await hub.sandbox.vendorText(vendor, placeOf(vendor, kind));
        return (parse(text, null, (digits) => digits) as { records: VendorRow[] }).records;
      },
      stop,
    };
    for (const vendor of ['salesforce', 'quickbooks', 'netsuite'] as const) await system.signIn(vendor);
    return system;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until every sync has been through once: a cursor from now on is what the first pull finds. */
export async function syncsHaveBegun({ tenant }: FourSystems, count: number): Promise<void> {
  await waitUntil(
    'the syncs to have begun',
    async () => {
      const { data } = await tenant.client.demand<{ data: VendorRow[] }>('GET', '/v1/syncs?limit=100');
      return data.length === count && data.every(({ last_success_at: at }) => at !== null);
    },
    30_000,
  );
}

function newApp(vendor: string): { id: string; secret: string } {
  return {
    id: `${vendor}-${randomBytes(8).toString('hex')}`,
    secret: `canary-${vendor}-${randomBytes(12).toString('hex')}`,
  };
}

function oauthApps(
  ports: Readonly<Record<OAuthVendor, number>>,
  apps: Readonly<Record<OAuthVendor, { id: string; secret: string }>>,
  verifier: string,
): object {
  const at = (vendor: OAuthVendor, path = ''): string => `http://127.0.0.1:${ports[vendor]}${path}`;
  const entry = (vendor: OAuthVendor, endpoints: object, secrets: object = {}): object => ({
    production: { client_id: apps[vendor].id, client_secret: apps[vendor].secret, endpoints, secrets },
  });
  return {
    salesforce: entry('salesforce', { login: at('salesforce') }),
    quickbooks: entry(
      'quickbooks',
      {
        authorize: at('quickbooks', '/connect/oauth2'),
        token: at('quickbooks', '/oauth2/v1/tokens/bearer'),
        revoke: at('quickbooks', '/v2/oauth2/tokens/revoke'),
        api: at('quickbooks'),
      },
      { webhook_verifier_token: verifier },
    ),
    netsuite: entry('netsuite', {
      authorize: at('netsuite', '/app/login/oauth2/authorize.nl'),
      token: at('netsuite', '/services/rest/auth/oauth2/v1/token'),
      revoke: at('netsuite', '/services/rest/auth/oauth2/v1/revoke'),
      api: at('netsuite'),
    }),
  };
}

/** Of the seeded lists: item 1 of QuickBooks and 21 of NetSuite are services. */
async function connectAll(
  { client }: StagedTenant,
  erp: ErpAccount,
  netsuite: NetSuiteAccount,
): Promise<Record<Way, string>> {
  const connect = async (connector: Vendor, fields: object): Promise<string> =>
    (await client.demand<{ id: string }>('POST', '/v1/connections', { name: unique(connector), connector, ...fields }))
      .id;
  const books = {
    account_id: netsuite.accountId,
    subsidiary_id: '1',
    default_item_id: '21',
    income_account_id: '6',
  };
  // Without the hub's registration they say themselves where NetSuite is.
  const own = { ...books, api_url: netsuite.url };
  return {
    salesforce: await connect('salesforce', { config: {} }),
    quickbooks: await connect('quickbooks', {
      // As many more as the stand-in is told to allow.
      config: { default_item_id: '1', income_account_id: '5', calls_per_minute: 25_000, batches_per_minute: 2_000 },
    }),
    netsuite: await connect('netsuite', { config: books }),
    'netsuite-tba': await connect('netsuite', {
      config: own,
      credentials: {
        consumer_key: netsuite.clientId,
        consumer_secret: netsuite.clientSecret,
        token_id: netsuite.tokenId,
        token_secret: netsuite.tokenSecret,
      },
    }),
    'netsuite-certificate': await connect('netsuite', {
      config: own,
      credentials: {
        client_id: netsuite.clientId,
        certificate_id: netsuite.certificateId,
        private_key: netsuite.certificatePrivateKey,
      },
    }),
    erp: await connect('erp', {
      config: { endpoint: erp.endpoint, time_zone: erp.timeZone, pull_gap_ms: 0 },
      credentials: { username: erp.username, password: erp.password },
    }),
  };
}

async function signIn({ client }: StagedTenant, vendor: OAuthVendor, id: string): Promise<void> {
  const { authorize_url: url } = await client.demand<{ authorize_url: string }>(
    'POST',
    `/v1/connections/${id}/authorize`,
  );
  const { vendorUrl, cookie } = await setOut(url.replace(PUBLIC_URL, client.apiUrl));
  const allowed = await fetch(`${vendorUrl}&login_hint=${encodeURIComponent(LOGIN_HINT[vendor])}`, {
    redirect: 'manual',
  });
  const callback = allowed.headers.get('location') ?? '';
  const back = await fetch(callback.replace(PUBLIC_URL, client.apiUrl), { redirect: 'manual', headers: { cookie } });
  if (back.status !== 200) throw new Error(`signing in to ${vendor} ended with ${back.status}: ${await back.text()}`);
}

async function callHooks(
  hub: StagedHub,
  { client }: StagedTenant,
  connections: Readonly<Record<Way, string>>,
  verifier: string,
): Promise<void> {
  await hub.sandbox.vendor('quickbooks', 'POST', 'webhook', {
    url: `${client.apiUrl}/hooks/quickbooks/production`,
    verifier_token: verifier,
    retry_scale: 0,
  });
  const { url } = await client.demand<{ url: string }>('POST', `/v1/connections/${connections.salesforce}/hook`);
  for (const object of ['Opportunity', 'Account'])
    await hub.sandbox.salesforce('POST', 'outbound-messages', {
      object,
      url: url.replace(PUBLIC_URL, client.apiUrl),
      fields: ['Name'],
      retry_ms: 200,
    });
}
