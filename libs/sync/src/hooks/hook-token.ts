import { createHash, randomBytes } from 'node:crypto';

/** 256 bits: nobody guesses the path, so the vendor's own signature is the second wall and not the only one. */
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface HookToken {
  /** Shown once. */
  readonly token: string;
  readonly hash: Buffer;
}

export function issueHookToken(): HookToken {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Null for what cannot be a token: no look-up is needed. The token is random, so a plain hash hides it. */
export function hookTokenHash(token: string): Buffer | null {
  return TOKEN.test(token) ? hashOf(token) : null;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
