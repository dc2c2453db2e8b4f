import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { textArray, type Database } from '@hub/database';
import { atMost, Gathered } from '@hub/platform';
import { parseKey, type ParsedKey } from './api-key-format';
import { type Scope } from './scopes';

/** Who is calling: a program with a key, or a person who is signed in. */
export interface KeyIdentity {
  /** Of the key, or of the person. */
  readonly keyId: string;
  readonly keyPrefix: string;
  readonly tenantId: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly tier: string;
  readonly rateLimitPerMinute: number;
  /** Who is signed in, where it is no key. */
  readonly person?: { readonly id: string; readonly email: string; readonly isOperator: boolean };
}

/** `wrong_kind_of_key`: an operator's, as its shape alone tells; nobody looked whether there is such a one. */
export type KeyRefusal =
  | 'malformed_api_key'
  | 'wrong_kind_of_key'
  | 'unknown_api_key'
  | 'revoked_api_key'
  | 'expired_api_key'
  | 'tenant_suspended';

export type KeyCheck =
  | { readonly ok: true; readonly identity: KeyIdentity }
  /** `not_looked_up`: it may be right or wrong; the caller said not to ask for unknown ones. */
  | { readonly ok: false; readonly refusal: KeyRefusal | 'not_looked_up' };

interface KeyRow {
  prefix: string;
  key_id: string;
  tenant_id: string;
  secret_hash: Buffer;
  scopes: Scope[];
  expires_at: Date | null;
  revoked_at: Date | null;
  tenant_status: string;
  tier: string;
  rate_limit_per_minute: number;
}

/** Each prefix asks the one function that may look a key up before its tenant is known. */
const FIND_KEYS = `
select wanted.prefix, k.* from unnest($1::text[]) as wanted(prefix) cross join lateral find_api_key(wanted.prefix) k`;

interface CachedKey {
  readonly row: KeyRow | null;
  readonly identity: KeyIdentity | null;
}

/**
 * Turns a key into a tenant. Answers are kept for at most `ttlMs`, so a revocation, an expiry, a suspension or another
 * rate limit holds on every instance within that time, with Redis down too. Unknown prefixes are kept as well:
 * a flood of made-up keys costs one query each per `ttlMs`.
 */
export class ApiKeyAuthenticator {
  private readonly cache: LRUCache<string, CachedKey>;
  /** Hashes of keys that exist, by prefix, for as long as there is room. Never an answer, only a reason to ask for one. */
  private readonly proven = new LRUCache<string, Buffer>(atMost(20_000));
  /** By prefix. Keys of different tenants that come in together are looked up together. */
  private readonly lookUps: Gathered<CachedKey>;

  /** @param database with a pool of its own, so that nobody's slow search keeps others from being let in */
  constructor(
    private readonly database: Database,
    ttlMs = 3_000,
    private readonly now: () => number = Date.now,
  ) {
    this.cache = new LRUCache({ ...atMost(20_000), ttl: ttlMs });
    this.lookUps = new Gathered((prefixes) => this.lookUp(prefixes));
  }

  /**
   * @param knownOnly ask the database only about a key whose secret is known to be right: for addresses that have failed too often,
   *   who may share theirs with honest callers.
   */
  async check(presented: string, knownOnly = false): Promise<KeyCheck> {
    const parsed = parseKey(presented);
    if (parsed === null) return { ok: false, refusal: 'malformed_api_key' };
    if (parsed.environment === 'op') return { ok: false, refusal: 'wrong_kind_of_key' };
    let cached = this.cache.get(parsed.prefix);
    if (cached === undefined) {
      if (knownOnly && !this.isProven(parsed)) return { ok: false, refusal: 'not_looked_up' };
      cached = await this.lookUps.get(parsed.prefix);
    }
    const { row, identity } = cached;
    if (row === null || identity === null || !timingSafeEqual(row.secret_hash, parsed.hash))
      return { ok: false, refusal: 'unknown_api_key' };
    // A rotated key is revoked at a moment in the future: the end of its overlap.
    if (row.revoked_at !== null && row.revoked_at.getTime() <= this.now())
      return { ok: false, refusal: 'revoked_api_key' };
    if (row.expires_at !== null && row.expires_at.getTime() <= this.now())
      return { ok: false, refusal: 'expired_api_key' };
    if (row.tenant_status !== 'active') return { ok: false, refusal: 'tenant_suspended' };
    return { ok: true, identity };
  }

  private isProven(key: ParsedKey): boolean {
    const hash = this.proven.get(key.prefix);
    return hash !== undefined && timingSafeEqual(hash, key.hash);
  }

  private async lookUp(prefixes: readonly string[]): Promise<CachedKey[]> {
    const rows = await this.database.query<KeyRow>(FIND_KEYS, [textArray(prefixes)], 'find_api_keys');
    const found = new Map(rows.map((row) => [row.prefix, row]));
    return prefixes.map((prefix) => {
      const row = found.get(prefix) ?? null;
      const cached: CachedKey = { row, identity: row === null ? null : identityOf(row) };
      this.cache.set(prefix, cached);
      if (row !== null) this.proven.set(prefix, row.secret_hash);
      return cached;
    });
  }
}

function identityOf(row: KeyRow): KeyIdentity {
  return {
    keyId: row.key_id,
    keyPrefix: row.prefix,
    tenantId: row.tenant_id,
    scopes: new Set(row.scopes),
    tier: row.tier,
    rateLimitPerMinute: row.rate_limit_per_minute,
  };
}
