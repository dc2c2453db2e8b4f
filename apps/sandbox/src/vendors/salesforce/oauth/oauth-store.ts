import { randomBytes } from 'node:crypto';
import { type VirtualClock } from '../../../kernel/virtual-clock';
import { type SandboxSalesforceAccount } from '../salesforce.accounts';
import { type OrgUser, type SalesforceOrg } from '../salesforce.org';

const CODE_LIFETIME_MS = 15 * 60_000;
/** A user holds at most this many approvals of one app; another silently kills the oldest. */
const MAX_GRANTS = 5;

export interface ConnectedApp {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callbackUrls: readonly string[];
  readonly requirePkce: boolean;
}

export interface AuthorizationCode {
  readonly app: ConnectedApp;
  readonly org: SalesforceOrg;
  readonly user: OrgUser;
  readonly redirectUri: string;
  readonly scope: string;
  readonly codeChallenge: string | undefined;
  readonly issuedMs: number;
}

/** A person's approval of an app. Rotation changes its token; the sessions it opened die with it. */
export interface Grant {
  readonly app: ConnectedApp;
  readonly org: SalesforceOrg;
  readonly user: OrgUser;
  readonly scope: string;
  refreshToken: string;
}

export interface Session {
  readonly org: SalesforceOrg;
  readonly userId: string;
  readonly scope: string;
  readonly grant: Grant | undefined;
  expiresAtMs: number;
}

export class OAuthStore {
  readonly apps = new Map<string, ConnectedApp>();
  private codes = new Map<string, AuthorizationCode>();
  private grants = new Map<string, Grant>();
  private sessions = new Map<string, Session>();

  constructor(private readonly clock: VirtualClock) {}

  /** The grant that a person would have given through the consent page before the sandbox started. */
  addSeededGrant(account: SandboxSalesforceAccount, app: ConnectedApp, org: SalesforceOrg): void {
    const grant = {
      app,
      org,
      user: org.integrationUser,
      scope: 'refresh_token api',
      refreshToken: account.refreshToken,
    };
    this.grants.set(grant.refreshToken, grant);
  }

  issueCode(code: Omit<AuthorizationCode, 'issuedMs'>): string {
    const text = `aPrx${randomBytes(36).toString('base64url')}==`;
    this.codes.set(text, { ...code, issuedMs: this.clock.now() });
    return text;
  }

  /** A code works once, however the exchange ends. */
  takeCode(text: string): { code: AuthorizationCode; expired: boolean } | undefined {
    const code = this.codes.get(text);
    this.codes.delete(text);
    return code && { code, expired: this.clock.now() - code.issuedMs > CODE_LIFETIME_MS };
  }

  addGrant(code: Pick<AuthorizationCode, 'app' | 'org' | 'user' | 'scope'>): Grant {
    const mine = [...this.grants.values()].filter(
      ({ app, user }) => app.clientId === code.app.clientId && user.id === code.user.id,
    );
    for (const old of mine.slice(0, Math.max(0, mine.length - MAX_GRANTS + 1))) this.removeGrant(old);
    const grant: Grant = {
      app: code.app,
      org: code.org,
      user: code.user,
      scope: code.scope,
      refreshToken: newRefreshToken(),
    };
    this.grants.set(grant.refreshToken, grant);
    return grant;
  }

  grantOf(refreshToken: string): Grant | undefined {
    return this.grants.get(refreshToken);
  }

  rotate(grant: Grant): void {
    this.grants.delete(grant.refreshToken);
    grant.refreshToken = newRefreshToken();
    this.grants.set(grant.refreshToken, grant);
  }

  openSession(session: Omit<Session, 'expiresAtMs'>): string {
    const token = `${session.org.id.slice(0, 15)}!AQ${randomBytes(48).toString('base64url').replaceAll('-', '.')}`;
    this.forgetExpired();
    this.sessions.set(token, { ...session, expiresAtMs: this.clock.now() + session.org.settings.sessionLifetimeMs });
    return token;
  }

  session(token: string): Session | undefined {
    const session = this.sessions.get(token);
    return session && session.expiresAtMs > this.clock.now() ? session : undefined;
  }

  /** @returns false when the text is no living token */
  revoke(token: string): boolean {
    const grant = this.grants.get(token);
    if (grant) this.removeGrant(grant);
    return this.sessions.delete(token) || grant !== undefined;
  }

  /** Ends the sessions of an org, or of all; refresh tokens stay. */
  expireSessions(orgId: string | undefined): number {
    return this.dropSessions(({ org }) => orgId === undefined || org.id === orgId);
  }

  /** Ends the grants of an org, or of all, as an admin who blocks the app does. */
  revokeGrants(orgId: string | undefined): number {
    const doomed = [...this.grants.values()].filter(({ org }) => orgId === undefined || org.id === orgId);
    for (const grant of doomed) this.removeGrant(grant);
    return doomed.length;
  }

  private removeGrant(grant: Grant): void {
    this.grants.delete(grant.refreshToken);
    this.dropSessions((session) => session.grant === grant);
  }

  private dropSessions(isDoomed: (session: Session) => boolean): number {
    let dropped = 0;
    for (const [token, session] of this.sessions) {
      if (isDoomed(session) && this.sessions.delete(token)) dropped++;
    }
    return dropped;
  }

  private forgetExpired(): void {
    if (this.sessions.size > 1_000) this.dropSessions(({ expiresAtMs }) => expiresAtMs <= this.clock.now());
  }
}

function newRefreshToken(): string {
  return `5Aep861${randomBytes(60).toString('base64url').replaceAll('-', '.')}`;
}
