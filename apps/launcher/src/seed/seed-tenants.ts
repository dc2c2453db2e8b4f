import { z } from 'zod';
import { type Secrets, type TenantSecret } from '../data-folder/secrets-file';
import { HubClient, refusal } from '../hub-client';
import { LauncherError } from '../launcher-error';
import { accountsOf, type SandboxAccounts } from './sandbox-accounts';
import { seedConfiguration } from './seed-configuration';
import { type SeedAddresses } from './seed-connections';
import { seedPeople, type SeededPerson } from './seed-people';
import { SEED_TENANTS, type SeedTenant } from './seed-plan';

const CREATED = z.object({ id: z.string(), api_key: z.string() });
const TENANT_PAGE = z.object({
  data: z.array(z.object({ id: z.string(), slug: z.string() })),
  next_cursor: z.string().nullable().optional(),
});

export interface SeedOptions {
  readonly apiUrl: string;
  readonly secrets: Secrets;
  readonly addresses: SeedAddresses;
  readonly accounts: SandboxAccounts;
  /** A new key for a tenant whose first one is lost, as operators issue it. */
  readonly reissueKey: (tenantId: string) => Promise<string>;
}

export interface SeededTenant {
  readonly id: string;
  readonly slug: string;
  readonly tier: string;
  readonly apiKey: string;
  readonly isNew: boolean;
  readonly people: readonly SeededPerson[];
}

/**
 * Makes the example tenants with their connections, mappings and routes, through the API as any customer would. On later
 * starts it finds them again and leaves alone what people have changed since; only the sandbox's address is kept up.
 */
export async function seedTenants(options: SeedOptions): Promise<SeededTenant[]> {
  const seeded: SeededTenant[] = [];
  for (const plan of SEED_TENANTS) {
    const { tenant, isNew } = await ensureTenant(plan, options);
    const client = new HubClient(options.apiUrl, tenant.api_key);
    const accounts = accountsOf(options.accounts, plan.slug);
    await seedConfiguration(client, plan, accounts, options.addresses, tenant.seeded);
    if (!tenant.seeded) await options.secrets.keepTenant(plan.slug, { ...tenant, seeded: true });
    const { slug, name, tier } = plan;
    const people = await seedPeople(options.apiUrl, options.secrets, { id: tenant.id, slug, name });
    seeded.push({ id: tenant.id, slug, tier, apiKey: tenant.api_key, isNew, people });
  }
  return seeded;
}

async function ensureTenant(plan: SeedTenant, options: SeedOptions): Promise<{ tenant: TenantSecret; isNew: boolean }> {
  const known = options.secrets.tenant(plan.slug);
  if (known !== undefined && (await isUsable(options.apiUrl, known.api_key))) return { tenant: known, isNew: false };
  const operator = new HubClient(options.apiUrl, options.secrets.operatorKey);
  const path = '/admin/v1/tenants';
  const answer = await operator.request('POST', path, {
    slug: plan.slug,
    name: plan.name,
    tier: plan.tier,
    key_environment: 'test',
  });
  if (answer.status === 201) {
    const { id, api_key: apiKey } = CREATED.parse(answer.body);
    const tenant = { id, api_key: apiKey, seeded: false };
    // Kept before anything else is done: it is shown this once.
    await options.secrets.keepTenant(plan.slug, tenant);
    return { tenant, isNew: true };
  }
  if (answer.status !== 409) throw refusal('POST', path, answer);
  // The tenant is there and its key is not: the launcher died in between, or the data folder is another one than before.
  const id = await findTenant(operator, plan.slug);
  const tenant = { id, api_key: await options.reissueKey(id), seeded: false };
  await options.secrets.keepTenant(plan.slug, tenant);
  return { tenant, isNew: false };
}

/** Only a key that the hub does not know is a reason to look further; whatever else is wrong must be seen. */
async function isUsable(apiUrl: string, key: string): Promise<boolean> {
  const path = '/v1/connections?limit=1';
  const answer = await new HubClient(apiUrl, key).request('GET', path);
  if (answer.status === 200) return true;
  if (answer.status === 401) return false;
  throw refusal('GET', path, answer);
}

async function findTenant(operator: HubClient, slug: string): Promise<string> {
  for (let cursor: string | null = null; ;) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = TENANT_PAGE.parse(await operator.demand('GET', `/admin/v1/tenants?limit=200${query}`));
    const found = page.data.find((tenant) => tenant.slug === slug);
    if (found !== undefined) return found.id;
    if (page.next_cursor == null) break;
    cursor = page.next_cursor;
  }
  throw new LauncherError(
    `the hub says that a tenant "${slug}" exists, but does not list it`,
    'The log of the API says more.',
  );
}
