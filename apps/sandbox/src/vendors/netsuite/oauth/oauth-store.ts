import { randomUUID, type KeyObject } from 'node:crypto';
import { type VirtualClock } from '../../../kernel/virtual-clock';
import { type AccountUser, type NetSuiteAccount } from '../netsuite.account';
import { signJwt } from './jwt';

export const SCOPES = ['rest_webservices', 'restlets', 'suite_analytics'] as const;
const CODE_LIFETIME_MS = 10 * 60_000;
const ACCESS_LIFETIME_MS = 60 * 60_000;
const PUBLIC_REFRESH_LIFETIME_MS = 3 * 60 * 60_000;

/** An integration record. Its id and secret serve TBA and OAuth 2.0 alike. */
export interface IntegrationApp {
  readonly name: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret: string | undefined;
  readonly callbackUrls: readonly string[];
  /** Ids of the accounts that have it installed. */
  readonly accounts: readonly string[];
  blocked: boolean;
}

export interface AuthorizationCode {
  readonly app: IntegrationApp;
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly codeChallenge: string | undefined;
  readonly issuedMs: number;
}

/** A person's consent. A public client's refresh token changes with every use, a confidential one's never does. */
export interface Grant {
  readonly app: IntegrationApp;
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
  readonly scope: readonly string[];
  refreshToken: string;
  refreshExpiresAtMs: number;
}

export interface AccessToken {
  readonly app: IntegrationApp;
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
  readonly scope: readonly string[];
  readonly grant: Grant | undefined;
  expiresAtMs: number;
}

/** The public half of a certificate, mapped to an application, a user and a role in one account. */
export interface CertificateMapping {
  readonly id: string;
  readonly account: NetSuiteAccount;
  readonly clientId: string;
  readonly user: AccountUser;
  readonly publicKey: KeyObject;
  readonly validUntilMs: number;
  revoked: boolean;
}

export class OAuthStore {
  readonly apps = new Map<string, IntegrationApp>();
  readonly certificates = new Map<string, CertificateMapping>();
  private readonly codes = new Map<string, AuthorizationCode>();
  private readonly grants = new Map<string, Grant>();
  private readonly used = new Set<string>();
  private readonly accessTokens = new Map<string, AccessToken>();

  constructor(private readonly clock: VirtualClock) {}

  issueCode(code: Omit<AuthorizationCode, 'issuedMs'>): string {
    const text = `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
    this.codes.set(text, { ...code, issuedMs: this.clock.now() });
    return text;
  }

  /** A code works once, however the exchange ends. */
  takeCode(text: string): { code: AuthorizationCode; expired: boolean } | undefined {
    const code = this.codes.get(text);
    this.codes.delete(text);
    return code && { code, expired: this.clock.now() - code.issuedMs > CODE_LIFETIME_MS };
  }

  addGrant(
    given: Pick<Grant, 'app' | 'account' | 'user' | 'scope'>,
    refreshToken = this.newRefreshToken(given),
  ): Grant {
    const { app, account, user, scope } = given;
    const refreshExpiresAtMs = this.clock.now() + refreshLifetimeMs(app, account);
    const grant: Grant = { app, account, user, scope, refreshToken, refreshExpiresAtMs };
    this.grants.set(refreshToken, grant);
    return grant;
  }

  hasGrant(app: IntegrationApp, user: AccountUser): boolean {
    return [...this.grants.values()].some((grant) => grant.app === app && grant.user === user);
  }

  grantOf(refreshToken: string): Grant | 'used' | undefined {
    return this.used.has(refreshToken) ? 'used' : this.grants.get(refreshToken);
  }

  rotate(grant: Grant): void {
    this.grants.delete(grant.refreshToken);
    this.used.add(grant.refreshToken);
    grant.refreshToken = this.newRefreshToken(grant);
    grant.refreshExpiresAtMs = this.clock.now() + refreshLifetimeMs(grant.app, grant.account);
    this.grants.set(grant.refreshToken, grant);
  }

  openAccess(given: Omit<AccessToken, 'expiresAtMs'>): string {
    if (this.accessTokens.size > 2_000) this.dropAccess(({ expiresAtMs }) => expiresAtMs <= this.clock.now());
    const expiresAtMs = this.clock.now() + ACCESS_LIFETIME_MS;
    const token = this.jwt(given, expiresAtMs);
    this.accessTokens.set(token, { ...given, expiresAtMs });
    return token;
  }

  /** Living and expired alike: the audit trail tells the two apart. */
  access(token: string): AccessToken | undefined {
    return this.accessTokens.get(token);
  }

  /** @returns false when the text is no token that the store knows */
  revoke(token: string): boolean {
    const grant = this.grants.get(token) ?? this.accessTokens.get(token)?.grant;
    if (grant) this.removeGrant(grant);
    return this.accessTokens.delete(token) || grant !== undefined;
  }

  /** Lets the access tokens of an account, or of all, be over; refresh tokens live on. */
  expireAccess(account: NetSuiteAccount | undefined): number {
    let expired = 0;
    for (const access of this.accessTokens.values()) {
      if ((account && access.account !== account) || access.expiresAtMs <= this.clock.now()) continue;
      access.expiresAtMs = this.clock.now();
      expired++;
    }
    return expired;
  }

  /** Ends consents, access tokens and certificate mappings, as an administrator does who removes the integration. */
  revokeAll(account: NetSuiteAccount | undefined): number {
    const isMeant = (of: { account: NetSuiteAccount }): boolean => account === undefined || of.account === account;
    const doomed = [...this.grants.values()].filter(isMeant);
    for (const grant of doomed) this.removeGrant(grant);
    const certificates = [...this.certificates.values()].filter((mapping) => isMeant(mapping) && !mapping.revoked);
    for (const mapping of certificates) mapping.revoked = true;
    return doomed.length + certificates.length + this.dropAccess(isMeant);
  }

  private removeGrant(grant: Grant): void {
    this.grants.delete(grant.refreshToken);
    this.dropAccess((access) => access.grant === grant);
  }

  private dropAccess(isDoomed: (access: AccessToken) => boolean): number {
    let dropped = 0;
    for (const [token, access] of this.accessTokens) {
      if (isDoomed(access) && this.accessTokens.delete(token)) dropped++;
    }
    return dropped;
  }

  private newRefreshToken(given: Pick<Grant, 'app' | 'account' | 'user' | 'scope'>): string {
    return this.jwt(given, this.clock.now() + refreshLifetimeMs(given.app, given.account));
  }

  private jwt({ app, user, scope }: Pick<Grant, 'app' | 'user' | 'scope'>, expiresAtMs: number): string {
    const issued = Math.floor(this.clock.now() / 1000);
    return signJwt({
      sub: `${user.entityId};${user.roleId}`,
      aud: [app.clientId],
      scope,
      iss: 'https://system.netsuite.com',
      oit: issued,
      iat: issued,
      exp: Math.floor(expiresAtMs / 1000),
      jti: randomUUID(),
    });
  }
}

function refreshLifetimeMs(app: IntegrationApp, account: NetSuiteAccount): number {
  return app.clientSecret === undefined ? PUBLIC_REFRESH_LIFETIME_MS : account.settings.refreshTokenLifetimeMs;
}
