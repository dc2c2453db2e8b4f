import { createHash, randomBytes } from 'node:crypto';

export interface IssuedToken {
  /** For its holder, shown once. 256 bits. */
  readonly token: string;
  /** For the database: who reads it there has nothing that opens a door. */
  readonly hash: Buffer;
}

export function issueToken(): IssuedToken {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * What a page must send along with whatever changes something. It follows from the session's token, which no other site can
 * read, so there is nothing to store.
 */
export function csrfTokenOf(sessionToken: string): string {
  return createHash('sha256').update(`csrf|${sessionToken}`).digest('base64url');
}
