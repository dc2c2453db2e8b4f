import { type VirtualClock } from '../../kernel/virtual-clock';
import { AuthorizePages } from './oauth/authorize.handler';
import { OAuthStore, type ConnectedApp } from './oauth/oauth-store';
import { type OAuthParts } from './oauth/token.handler';
import {
  DEFAULT_CALLBACK_URL,
  instanceOfOrg,
  sandboxSalesforceAccounts,
  type SandboxSalesforceAccount,
} from './salesforce.accounts';
import { DEFAULT_ORG_SETTINGS, SalesforceOrg } from './salesforce.org';

/** A connected app to register at the start; with the client id of a seeded one it changes that one. */
export interface SalesforceAppRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name?: string;
  /** Exact addresses, as the vendor compares them. */
  readonly callbackUrls: readonly string[];
  readonly requirePkce?: boolean;
}

export interface SalesforceStateOptions {
  readonly seed: number;
  readonly dailyApiLimit: number;
  readonly apps: readonly SalesforceAppRegistration[];
  /** Added to every seeded app. */
  readonly callbackUrls: readonly string[];
}

/** Everything the simulated vendor knows. A reset builds it anew from the seed. */
export class SalesforceState {
  orgs: readonly SalesforceOrg[] = [];
  oauth: OAuthStore;
  pages: AuthorizePages;
  oauthParts: OAuthParts;
  /** Hands out instance addresses on the org's own host name instead of the shared one. */
  myDomainUrls = false;
  /** Known once the server listens. */
  url = '';

  constructor(
    readonly clock: VirtualClock,
    readonly options: SalesforceStateOptions,
  ) {
    [this.oauth, this.oauthParts, this.pages] = this.build();
  }

  reset(): void {
    this.close();
    [this.oauth, this.oauthParts, this.pages] = this.build();
    this.myDomainUrls = false;
  }

  /** Ends what would go on by itself. */
  close(): void {
    for (const org of this.orgs) org.outbound.close();
  }

  accounts(): SandboxSalesforceAccount[] {
    return sandboxSalesforceAccounts(this.options.seed, this.url).map((account, index) => {
      const org = this.orgs[index];
      return org ? { ...account, instanceUrl: this.instanceUrl(org) } : account;
    });
  }

  instanceUrl(org: SalesforceOrg): string {
    if (!this.myDomainUrls) return this.url;
    const url = new URL(this.url);
    return `${url.protocol}//${org.account.myDomain}.localhost:${url.port}`;
  }

  registerApp(app: SalesforceAppRegistration): void {
    this.oauth.apps.set(app.clientId, toApp(app));
  }

  private build(): [OAuthStore, OAuthParts, AuthorizePages] {
    const { seed, dailyApiLimit, apps, callbackUrls } = this.options;
    const oauth = new OAuthStore(this.clock);
    this.orgs = sandboxSalesforceAccounts(seed).map((account, index) => {
      const org = new SalesforceOrg(
        account,
        this.clock,
        { ...DEFAULT_ORG_SETTINGS, dailyApiLimit },
        instanceOfOrg(index),
      );
      const app = toApp({
        clientId: account.clientId,
        clientSecret: account.clientSecret,
        name: `Integration Hub (${account.orgName})`,
        callbackUrls: [DEFAULT_CALLBACK_URL, ...callbackUrls],
      });
      oauth.apps.set(app.clientId, app);
      oauth.addSeededGrant(account, app, org);
      return org;
    });
    for (const app of apps) oauth.apps.set(app.clientId, toApp(app));
    const parts: OAuthParts = {
      store: oauth,
      orgs: this.orgs,
      instanceUrl: (org) => this.instanceUrl(org),
      loginUrl: () => this.url,
      nowMs: () => this.clock.now(),
    };
    return [oauth, parts, new AuthorizePages(parts)];
  }
}

function toApp({ clientId, clientSecret, name, callbackUrls, requirePkce }: SalesforceAppRegistration): ConnectedApp {
  return { clientId, clientSecret, name: name ?? 'Connected app', callbackUrls, requirePkce: requirePkce ?? false };
}
