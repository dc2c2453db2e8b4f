import { randomBytes } from 'node:crypto';
import { type Company } from '../quickbooks.company';
import { type Clock } from '../quickbooks.time';

const CODE_LIFETIME_MS = 10 * 60_000;
/** 101 days; the response says so in seconds. */
const REFRESH_LIFETIME_MS = 8_726_400_000;
const HARD_LIFETIME_MS = 5 * 365 * 24 * 3_600_000;

export interface IntuitApp {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callbackUrls: readonly string[];
}

export interface OAuthSettings {
  accessTokenLifetimeMs: number;
  /** A refresh hands out a new refresh token once the present one is that old; 0 does so each time. */
  refreshRotationMs: number;
  /** How long a replaced refresh token still works. */
  refreshGraceMs: number;
}

const DEFAULT_OAUTH_SETTINGS: OAuthSettings = {
  accessTokenLifetimeMs: 3_600_000,
  refreshRotationMs: 24 * 3_600_000,
  refreshGraceMs: 5 * 60_000,
};

export interface AuthorizationCode {
  readonly app: IntuitApp;
  readonly company: Company;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly issuedMs: number;
}

/** A company's connection to an app. There is one at most: connecting again replaces it. */
export interface Grant {
  readonly app: IntuitApp;
  readonly company: Company;
  readonly scope: string;
  readonly connectedMs: number;
  refreshToken: string;
  refreshIssuedMs: number;
}

interface RefreshValue {
  readonly grant: Grant;
  /** Set once a newer value was handed out. */
  replacedMs: number | undefined;
}

export interface AccessToken {
  readonly grant: Grant;
  readonly expired: boolean;
}

export type Refreshed =
  { readonly kind: 'ok'; readonly grant: Grant } | { readonly kind: 'unknown' | 'foreign' | 'expired' };

export class OAuthStore {
  readonly apps = new Map<string, IntuitApp>();
  settings: OAuthSettings = { ...DEFAULT_OAUTH_SETTINGS };
  private readonly codes = new Map<string, AuthorizationCode>();
  private readonly refreshValues = new Map<string, RefreshValue>();
  private readonly sessions = new Map<string, { grant: Grant; expiresMs: number }>();

  constructor(private readonly clock: Clock) {}

  issueCode(code: Omit<AuthorizationCode, 'issuedMs'>): string {
    const text = `AB1${Date.now()}${randomBytes(24).toString('hex')}`;
    this.codes.set(text, { ...code, issuedMs: this.clock.now() });
    return text;
  }

  /** A code works once, however the exchange ends. */
  takeCode(text: string): AuthorizationCode | undefined {
    const code = this.codes.get(text);
    this.codes.delete(text);
    return code && this.clock.now() - code.issuedMs <= CODE_LIFETIME_MS ? code : undefined;
  }

  connect(grant: Pick<Grant, 'app' | 'company' | 'scope'>, refreshToken = newRefreshToken()): Grant {
    this.drop((old) => old.app.clientId === grant.app.clientId && old.company === grant.company);
    const now = this.clock.now();
    const { app, company, scope } = grant;
    const connected: Grant = { app, company, scope, connectedMs: now, refreshToken, refreshIssuedMs: now };
    this.refreshValues.set(refreshToken, { grant: connected, replacedMs: undefined });
    return connected;
  }

  /** Finds the connection of a refresh token and, when it is old enough, gives it a new one. */
  refresh(text: string, app: IntuitApp): Refreshed {
    const value = this.refreshValues.get(text);
    if (!value) return { kind: 'unknown' };
    const { grant } = value;
    if (grant.app.clientId !== app.clientId) return { kind: 'foreign' };
    const now = this.clock.now();
    const { refreshGraceMs, refreshRotationMs } = this.settings;
    if (value.replacedMs !== undefined && now - value.replacedMs > refreshGraceMs) return { kind: 'unknown' };
    if (this.refreshExpiresMs(grant) <= now || this.hardExpiresMs(grant) <= now) return { kind: 'expired' };
    if (value.replacedMs === undefined && now - grant.refreshIssuedMs >= refreshRotationMs) {
      value.replacedMs = now;
      grant.refreshToken = newRefreshToken();
      grant.refreshIssuedMs = now;
      this.refreshValues.set(grant.refreshToken, { grant, replacedMs: undefined });
    }
    return { kind: 'ok', grant };
  }

  refreshExpiresMs(grant: Grant): number {
    return grant.refreshIssuedMs + REFRESH_LIFETIME_MS;
  }

  hardExpiresMs(grant: Grant): number {
    return grant.connectedMs + HARD_LIFETIME_MS;
  }

  openSession(grant: Grant): string {
    const token = `eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..${randomBytes(96).toString('base64url')}.${randomBytes(16).toString('base64url')}`;
    this.forgetOldSessions();
    this.sessions.set(token, { grant, expiresMs: this.clock.now() + this.settings.accessTokenLifetimeMs });
    return token;
  }

  accessToken(text: string): AccessToken | undefined {
    const session = this.sessions.get(text);
    return session && { grant: session.grant, expired: session.expiresMs <= this.clock.now() };
  }

  /** Either token of a connection ends it whole. @returns false when the text is no living token of that app */
  revoke(text: string, app?: IntuitApp): boolean {
    const grant = this.refreshValues.get(text)?.grant ?? this.sessions.get(text)?.grant;
    if (!grant || (app && grant.app.clientId !== app.clientId)) return false;
    this.drop((other) => other === grant);
    return true;
  }

  /** Ends access tokens at once; refresh tokens stay. */
  expireSessions(company: Company | undefined): number {
    let expired = 0;
    const now = this.clock.now();
    for (const session of this.sessions.values()) {
      if ((company === undefined || session.grant.company === company) && session.expiresMs > now) {
        session.expiresMs = now;
        expired++;
      }
    }
    return expired;
  }

  /** Ends the connections of a company, or of all, as an administrator who disconnects the app does. */
  disconnect(company: Company | undefined): number {
    return this.drop((grant) => company === undefined || grant.company === company);
  }

  private drop(isDoomed: (grant: Grant) => boolean): number {
    const doomed = new Set<Grant>();
    for (const [text, { grant }] of this.refreshValues) {
      if (isDoomed(grant)) {
        doomed.add(grant);
        this.refreshValues.delete(text);
      }
    }
    for (const [text, { grant }] of this.sessions) if (doomed.has(grant)) this.sessions.delete(text);
    return doomed.size;
  }

  private forgetOldSessions(): void {
    if (this.sessions.size < 1_000) return;
    const dayAgo = this.clock.now() - 24 * 3_600_000;
    for (const [text, { expiresMs }] of this.sessions) if (expiresMs < dayAgo) this.sessions.delete(text);
  }
}

function newRefreshToken(): string {
  return `AB11${randomBytes(23).toString('hex')}`;
}
