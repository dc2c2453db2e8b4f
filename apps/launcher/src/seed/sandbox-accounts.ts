import { z } from 'zod';
import { LauncherError } from '../launcher-error';
import { type Vendor } from '../settings/launcher-settings';
import { type SandboxOAuthApp } from './oauth-apps';

const SALESFORCE = z.object({
  orgId: z.string(),
  username: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  refreshToken: z.string(),
});
const QUICKBOOKS = z.object({
  slug: z.string(),
  realmId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  refreshToken: z.string(),
  webhookVerifierToken: z.string(),
});
const NETSUITE = z.object({
  accountId: z.string(),
  username: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  tokenId: z.string(),
  tokenSecret: z.string(),
});
const ERP = z.object({
  slug: z.string(),
  companyCode: z.string(),
  username: z.string(),
  password: z.string(),
  timeZone: z.string(),
  currency: z.string(),
});

export type SalesforceAccount = z.infer<typeof SALESFORCE>;
export type QuickBooksAccount = z.infer<typeof QUICKBOOKS>;
export type NetSuiteAccount = z.infer<typeof NETSUITE>;
export type ErpAccount = z.infer<typeof ERP>;

/** What the stand-ins' customers would have granted the hub on consent pages, or typed into its forms. */
export interface SandboxAccounts {
  readonly salesforce: readonly SalesforceAccount[];
  readonly quickbooks: readonly QuickBooksAccount[];
  readonly netsuite: readonly NetSuiteAccount[];
  readonly erp: readonly ErpAccount[];
}

/** The accounts of one example tenant at every vendor. */
export interface TenantAccounts {
  readonly salesforce: SalesforceAccount;
  readonly quickbooks: QuickBooksAccount;
  readonly netsuite: NetSuiteAccount;
  readonly erp: ErpAccount;
}

export async function readSandboxAccounts(
  urls: Readonly<Record<Vendor, string>>,
  controlToken: string,
): Promise<SandboxAccounts> {
  const read = <T extends z.ZodType>(vendor: Vendor, account: T): Promise<z.output<T>[]> =>
    readAccounts(urls[vendor], controlToken, account);
  const [salesforce, quickbooks, netsuite, erp] = await Promise.all([
    read('salesforce', SALESFORCE),
    read('quickbooks', QUICKBOOKS),
    read('netsuite', NETSUITE),
    read('erp', ERP),
  ]);
  return { salesforce, quickbooks, netsuite, erp };
}

async function readAccounts<T extends z.ZodType>(
  url: string,
  controlToken: string,
  account: T,
): Promise<z.output<T>[]> {
  const response = await fetch(`${url}/__admin/accounts`, {
    headers: { authorization: `Bearer ${controlToken}` },
    signal: AbortSignal.timeout(5_000),
  });
  const parsed = z
    .object({ accounts: z.array(account) })
    .safeParse(response.status === 200 ? await response.json() : null);
  if (parsed.success) return parsed.data.accounts;
  throw new LauncherError(
    `the sandbox does not tell its accounts (status ${response.status})`,
    'Its log says more; another program may have taken its port.',
  );
}

/** The hub's own registrations at the vendors. The stand-ins let people of every account sign in through them. */
export function oauthAppsOf(
  { salesforce, quickbooks, netsuite }: SandboxAccounts,
  urls: Readonly<Record<Vendor, string>>,
): SandboxOAuthApp[] {
  const [org] = salesforce;
  const [company] = quickbooks;
  const [account] = netsuite;
  if (org === undefined || company === undefined || account === undefined) throw new Error('a vendor has no account');
  const environments = ['production', 'sandbox'];
  return [
    {
      connector: 'salesforce',
      environments,
      clientId: org.clientId,
      clientSecret: org.clientSecret,
      endpoints: { login: urls.salesforce },
    },
    {
      connector: 'quickbooks',
      environments,
      clientId: company.clientId,
      clientSecret: company.clientSecret,
      endpoints: {
        authorize: `${urls.quickbooks}/connect/oauth2`,
        token: `${urls.quickbooks}/oauth2/v1/tokens/bearer`,
        revoke: `${urls.quickbooks}/v2/oauth2/tokens/revoke`,
        api: urls.quickbooks,
      },
      secrets: { webhook_verifier_token: company.webhookVerifierToken },
    },
    {
      connector: 'netsuite',
      environments,
      clientId: account.clientId,
      clientSecret: account.clientSecret,
      endpoints: {
        authorize: `${urls.netsuite}/app/login/oauth2/authorize.nl`,
        token: `${urls.netsuite}/services/rest/auth/oauth2/v1/token`,
        revoke: `${urls.netsuite}/services/rest/auth/oauth2/v1/revoke`,
        api: urls.netsuite,
      },
    },
  ];
}

/** Names at the stand-ins are made of the tenant's slug, or carry it. */
export function accountsOf(accounts: SandboxAccounts, slug: string): TenantAccounts {
  const mine = <T>(vendor: Vendor, list: readonly T[], nameOf: (account: T) => string): T => {
    const found = list.find((account) => nameOf(account) === slug);
    if (found === undefined) throw new Error(`the sandbox's ${vendor} has no account for ${slug}`);
    return found;
  };
  const ofUser = ({ username }: { username: string }): string =>
    /^integration@([a-z0-9-]+)\.example\.com$/.exec(username)?.[1] ?? '';
  return {
    salesforce: mine('salesforce', accounts.salesforce, ofUser),
    quickbooks: mine('quickbooks', accounts.quickbooks, ({ slug: name }) => name),
    netsuite: mine('netsuite', accounts.netsuite, ofUser),
    erp: mine('erp', accounts.erp, ({ slug: name }) => name),
  };
}
