import { timingSafeEqual } from 'node:crypto';
import { type Database } from '@hub/database';
import { parseKey } from '../api-keys/api-key-format';

export interface OperatorIdentity {
  readonly keyId: string;
  readonly name: string;
}

interface OperatorKeyRow {
  id: string;
  name: string;
  secret_hash: Buffer;
  usable: boolean;
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
