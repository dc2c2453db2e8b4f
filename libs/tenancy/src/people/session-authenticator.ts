import { LRUCache } from 'lru-cache';
import { atMost } from '@hub/platform';
import { type Database } from '@hub/database';
import { type KeyIdentity } from '../api-keys/api-key-authenticator';
import { SCOPES, type Scope } from '../api-keys/scopes';
import { type SessionRow } from './people.types';
import { scopesOf } from './roles';
import { findSession, touchSession } from './sessions.repository';
import { hashToken } from './tokens';

const TOUCH_EVERY_MS = 60_000;
/** What an operator may do in a tenant that they entered: see and repair, not own or administer. */
const ACTING_SCOPES: ReadonlySet<Scope> = new Set(
  SCOPES.filter((scope) => !['tenant:own', 'members:write', 'keys:write', 'events:write'].includes(scope)),
);

/** Who is signed in, and what they may do where they are. */
export interface SessionIdentity {
  readonly session: SessionRow;
  readonly scopes: ReadonlySet<Scope>;
  /** Null outside a tenant. */
  readonly identity: KeyIdentity | null;
  readonly isActing: boolean;
}

/** Turns a cookie into a person. Answers are kept as those about keys are: what was ended or taken away holds within seconds. */
export class SessionAuthenticator {
  private readonly cache: LRUCache<string, { readonly found: SessionIdentity | null }>;
  private readonly touched = new LRUCache<string, true>({ ...atMost(20_000), ttl: TOUCH_EVERY_MS });

  /** @param database of the role that lets people in */
  constructor(
    private readonly database: Database,
    ttlMs = 3_000,
  ) {
    this.cache = new LRUCache({ ...atMost(20_000), ttl: ttlMs });
  }

  async check(token: string): Promise<SessionIdentity | null> {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    let cached = this.cache.get(key);
    if (cached === undefined) {
      const row = await findSession(this.database, hash);
      cached = { found: row === null ? null : identifySession(row) };
      this.cache.set(key, cached);
    }
    if (cached.found !== null) await this.touch(cached.found.session.id);
    return cached.found;
  }

  /** What is known of a session that has just been changed or ended here. */
  forget(token: string): void {
    this.cache.delete(hashToken(token).toString('base64'));
  }

  private async touch(id: string): Promise<void> {
    if (this.touched.has(id)) return;
    this.touched.set(id, true);
    await touchSession(this.database, id);
  }
}

/** What follows from a session's row. */
export function identifySession(row: SessionRow): SessionIdentity {
  const isActing =
    row.is_operator && row.role === null && row.acting_until !== null && row.acting_until.getTime() > Date.now();
  const scopes = isActing
    ? ACTING_SCOPES
    : row.role === null
      ? new Set<Scope>()
      : scopesOf(row.role, row.can_read_payloads === true);
  const isInside = row.tenant_id !== null && row.tenant_status === 'active' && (row.role !== null || isActing);
  return {
    session: row,
    scopes: isInside ? scopes : new Set(),
    isActing: isInside && isActing,
    identity: isInside
      ? {
          keyId: row.user_id,
          keyPrefix: 'session',
          tenantId: row.tenant_id as string,
          scopes,
          tier: row.tier ?? '',
          rateLimitPerMinute: row.rate_limit_per_minute ?? 1,
          person: { id: row.user_id, email: row.email, isOperator: isActing },
        }
      : null,
  };
}
