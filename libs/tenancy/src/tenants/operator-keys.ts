import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Database } from '@hub/database';
import { parseKey } from '../api-keys/api-key-format';

export interface OperatorIdentity {
  /** Of the key, or of the person who is signed in. */
  readonly keyId: string;
  readonly name: string;
  readonly isPerson?: boolean;
}

interface OperatorKeyRow {
  id: string;
  name: string;
  secret_hash: Buffer;
  usable: boolean;
}

/**
 * Operators by their keys, for the API. Remembers, as {@link ApiKeyAuthenticator} does, which keys were right, so that an
 * address that guesses keys can be cut off from asking without cutting off an operator who shares it.
 */
export class OperatorAuthenticator {
  private readonly proven = new LRUCache<string, true>({ max: 1_000 });

  constructor(private readonly database: Database) {}

  /**
   * @param knownOnly ask the database only about a key that was right before
   * @returns the operator, `null` for a wrong key, `'wrong_kind_of_key'` for what has the shape of a tenant's,
   *   `'not_looked_up'` when nobody asked
   */
  async check(
    presented: string,
    knownOnly = false,
  ): Promise<OperatorIdentity | 'not_looked_up' | 'wrong_kind_of_key' | null> {
    const parsed = parseKey(presented);
    if (parsed === null) return null;
    if (parsed.environment !== 'op') return 'wrong_kind_of_key';
    const hash = parsed.hash.toString('base64');
    if (knownOnly && !this.proven.has(hash)) return 'not_looked_up';
    const operator = await checkOperatorKey(this.database, presented);
    if (operator === null) this.proven.delete(hash);
    else this.proven.set(hash, true);
    return operator;
  }
}

/** Checks a platform operator's key. Asked of the database each time: operators are few and must be cut off at once. */
export async function checkOperatorKey(database: Database, presented: string): Promise<OperatorIdentity | null> {
  const parsed = parseKey(presented);
  if (parsed === null || parsed.environment !== 'op') return null;
  const [row] = await database.query<OperatorKeyRow>(
    `select id, name, secret_hash,
            revoked_at is null and (expires_at is null or expires_at > now()) as usable
     from operator_keys where prefix = $1`,
    [parsed.prefix],
  );
  if (row === undefined || !row.usable || !timingSafeEqual(row.secret_hash, parsed.hash)) return null;
  return { keyId: row.id, name: row.name };
}
