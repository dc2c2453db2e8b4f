import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type VirtualClock } from '../../kernel/virtual-clock';
import { LoginAudit } from './auth/login-audit';
import { NonceMemory } from './auth/nonce-memory';
import { seedLists, seedRecords } from './data/seed-records';
import { DEFAULT_SETTINGS, NetSuiteAccount, type AccountSettings } from './netsuite.account';
import {
  DEFAULT_NETSUITE_CALLBACK_URL,
  sandboxNetSuiteAccounts,
  sandboxNetSuitePublicClientId,
  type SandboxNetSuiteAccount,
} from './netsuite.accounts';
import { AuthorizePages } from './oauth/authorize.handler';
import { OAuthStore, type IntegrationApp } from './oauth/oauth-store';

/** An integration record to register; with the client id of a seeded one it changes that one. */
export interface NetSuiteAppRegistration {
  readonly clientId: string;
  /** Absent for a public client: PKCE and no secret. */
  readonly clientSecret?: string;
  readonly name?: string;
  /** Exact addresses, as the vendor compares them. */
  readonly callbackUrls: readonly string[];
  /** Ids of the accounts that have it installed; all of them without it. */
  readonly accounts?: readonly string[];
}

export interface NetSuiteStateOptions {
  readonly seed: number;
  /** Integration records besides, or instead of, the seeded ones. */
  readonly apps: readonly NetSuiteAppRegistration[];
  /** Added to every seeded app. */
  readonly callbackUrls: readonly string[];
  /** Calls an account serves at once. Default 5, what a development account has. */
  readonly concurrencyLimit?: number;
  /** How long a write keeps its place, in milliseconds. Default 100; the vendor takes seconds. */
  readonly writeDelayMs?: number;
  /** Whether the accounts start with customers, items and transactions. Default true; lists are always there. */
  readonly seedRecords?: boolean;
}

const CERTIFICATE_LIFETIME_MS = 2 * 365 * 24 * 3_600_000;

/** Everything the simulated vendor knows. A reset builds it anew from the seed. */
export class NetSuiteState {
  accounts: readonly NetSuiteAccount[] = [];
  oauth: OAuthStore;
  pages: AuthorizePages;
  nonces = new NonceMemory();
  readonly audit: LoginAudit;
  /** Known once the server listens. */
  url = '';

  constructor(
    readonly clock: VirtualClock,
    readonly options: NetSuiteStateOptions,
  ) {
    this.audit = new LoginAudit(clock);
    [this.oauth, this.pages] = this.build(options.seedRecords ?? true);
  }

  /** @param withRecords whether the accounts get their customers, items and transactions back */
  reset(withRecords = this.options.seedRecords ?? true): void {
    this.audit.clear();
    this.nonces = new NonceMemory();
    [this.oauth, this.pages] = this.build(withRecords);
  }

  credentials(): SandboxNetSuiteAccount[] {
    return sandboxNetSuiteAccounts(this.options.seed, this.url);
  }

  /** The account whose own host name this is; on a shared one the credentials must tell. */
  accountOfHost(host: string | undefined): NetSuiteAccount | undefined {
    const label = (host ?? '').split('.')[0]?.toLowerCase();
    return this.accounts.find(({ credentials }) => credentials.hostLabel === label);
  }

  registerApp({ clientId, clientSecret, name, callbackUrls, accounts }: NetSuiteAppRegistration): void {
    this.oauth.apps.set(clientId, {
      clientId,
      clientSecret,
      name: name ?? 'Integration',
      callbackUrls,
      accounts: accounts ?? this.accounts.map(({ id }) => id),
      blocked: false,
    });
  }

  private build(withRecords: boolean): [OAuthStore, AuthorizePages] {
    const { seed, apps, callbackUrls, concurrencyLimit = 5, writeDelayMs = 100 } = this.options;
    const defaults: AccountSettings = { ...DEFAULT_SETTINGS, concurrencyLimit, writeDelayMs };
    const year = new Date(this.clock.now()).getUTCFullYear();
    this.oauth = new OAuthStore(this.clock);
    this.accounts = sandboxNetSuiteAccounts(seed).map((credentials, index) => {
      const account = new NetSuiteAccount(credentials, this.clock, {
        ...defaults,
        closedThrough: `${year - 2}-12-31`,
        // Two companies, two habits: the one names its customers, the other numbers them and writes dates its way.
        ...(index === 1 ? { autoNumbering: true, dateFormat: 'DD.MM.YYYY' as const } : {}),
      });
      seedLists(account, index);
      if (withRecords) seedRecords(account, index);
      return account;
    });
    const callbacks = [DEFAULT_NETSUITE_CALLBACK_URL, ...callbackUrls];
    for (const account of this.accounts) this.seedCredentials(account, callbacks);
    const clientId = sandboxNetSuitePublicClientId(seed);
    this.registerApp({ clientId, name: 'Integration Hub (public client)', callbackUrls: callbacks });
    for (const app of apps) this.registerApp(app);
    return [this.oauth, new AuthorizePages(this)];
  }

  /** What a person set up in that account before the sandbox started. */
  private seedCredentials(account: NetSuiteAccount, callbackUrls: readonly string[]): void {
    const { credentials, integrationUser: user } = account;
    const { clientId, clientSecret, tokenId, tokenSecret, refreshToken, certificateId } = credentials;
    const app: IntegrationApp = {
      clientId,
      clientSecret,
      name: `Integration Hub (${account.companyName})`,
      callbackUrls,
      accounts: this.accounts.map(({ id }) => id),
      blocked: false,
    };
    this.oauth.apps.set(clientId, app);
    account.tbaTokens.set(tokenId, { clientId, secret: tokenSecret, user });
    this.oauth.addGrant({ app, account, user, scope: ['rest_webservices'] }, refreshToken);
    this.oauth.certificates.set(certificateId, {
      id: certificateId,
      account,
      clientId,
      user,
      publicKey: createPublicKey(createPrivateKey(credentials.certificatePrivateKey)),
      validUntilMs: this.clock.now() + CERTIFICATE_LIFETIME_MS,
      revoked: false,
    });
  }
}
