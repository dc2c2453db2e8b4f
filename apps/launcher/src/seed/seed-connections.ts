import { randomBytes } from 'node:crypto';
import { type Vendor } from '../settings/launcher-settings';
import { type TenantAccounts } from './sandbox-accounts';
import { type SeedTenant } from './seed-plan';

export interface SeedAddresses {
  readonly sandboxUrl: string;
  readonly vendors: Readonly<Record<Vendor, string>>;
}

export interface SeedConnection {
  readonly name: string;
  readonly connector: 'http' | Vendor;
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
}

/** Members of configs that hold an address of the sandbox: kept up when it moves to other ports. */
export const ADDRESS_MEMBERS = ['url', 'test_url', 'login_url', 'instance_url', 'endpoint', 'api_url'] as const;

/** One connection to each kind of system, as the tenant's people would have made them. */
export function seedConnections(
  plan: SeedTenant,
  accounts: TenantAccounts,
  { sandboxUrl, vendors }: SeedAddresses,
): readonly SeedConnection[] {
  const { salesforce, quickbooks, netsuite, erp } = accounts;
  return [
    {
      name: plan.salesforceName,
      connector: 'salesforce',
      config: { login_url: vendors.salesforce, instance_url: vendors.salesforce },
      credentials: {
        client_id: salesforce.clientId,
        client_secret: salesforce.clientSecret,
        refresh_token: salesforce.refreshToken,
      },
    },
    {
      name: plan.httpName,
      connector: 'http',
      config: {
        url: `${sandboxUrl}/sink/${plan.slug}`,
        method: 'POST',
        sign_webhooks: true,
        test_url: `${sandboxUrl}/health`,
      },
      credentials: { webhook_secret: `whsec_${randomBytes(32).toString('base64')}` },
    },
    {
      name: 'QuickBooks',
      connector: 'quickbooks',
      // Of the seeded lists: item 1 is a service, account 5 takes its income.
      config: { environment: 'sandbox', default_item_id: '1', income_account_id: '5' },
      credentials: { realm_id: quickbooks.realmId, refresh_token: quickbooks.refreshToken },
    },
    {
      name: 'NetSuite',
      connector: 'netsuite',
      // Item 21 is a service, too.
      config: {
        account_id: netsuite.accountId,
        api_url: vendors.netsuite,
        subsidiary_id: '1',
        default_item_id: '21',
        income_account_id: '6',
      },
      credentials: {
        consumer_key: netsuite.clientId,
        consumer_secret: netsuite.clientSecret,
        token_id: netsuite.tokenId,
        token_secret: netsuite.tokenSecret,
      },
    },
    {
      name: 'ERP',
      connector: 'erp',
      config: { endpoint: `${vendors.erp}/erp`, company: erp.companyCode, time_zone: erp.timeZone },
      credentials: { username: erp.username, password: erp.password },
    },
  ];
}
