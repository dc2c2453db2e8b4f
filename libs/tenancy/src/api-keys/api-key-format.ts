import { hash, randomBytes } from 'node:crypto';
import CRC32 from 'crc-32';

/**
 * `hub_<live|test|op>_<8-char prefix>_<30-char secret><6-char checksum>`: GitHub's layout. The checksum lets secret
 * scanners tell a real key from noise, and lets the API refuse a mistyped key without asking the database.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 8;
const SECRET_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const PATTERN = new RegExp(
  `^hub_(live|test|op)_([0-9A-Za-z]{${PREFIX_LENGTH}})_([0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
);

export type KeyEnvironment = 'live' | 'test' | 'op';

export interface ParsedKey {
  readonly environment: KeyEnvironment;
  readonly prefix: string;
  /** SHA-256 of the whole key. 178 random bits need no slow hash: those are for passwords. */
  readonly hash: Buffer;
}

export interface IssuedKey extends ParsedKey {
  /** The key itself: shown once, stored nowhere. */
  readonly key: string;
}

export function issueKey(environment: KeyEnvironment): IssuedKey {
  const prefix = randomText(PREFIX_LENGTH);
  const body = `hub_${environment}_${prefix}_${randomText(SECRET_LENGTH)}`;
  const key = body + checksum(body);
  return { environment, prefix, key, hash: hashKey(key) };
}

/** `null` for whatever cannot be a key of ours, checksum included. */
export function parseKey(text: string): ParsedKey | null {
  const match = PATTERN.exec(text);
  if (match === null || checksum(text.slice(0, -CHECKSUM_LENGTH)) !== match[4]) return null;
  return { environment: match[1] as KeyEnvironment, prefix: match[2] as string, hash: hashKey(text) };
}

/**
 * By way of a string, into the pool that small buffers share: a third of what `createHash` costs. Nothing is left to be
 * won by a cache, which would have to keep keys themselves in memory.
 */
function hashKey(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'binary'), 'latin1');
}

function checksum(body: string): string {
  let value = CRC32.str(body) >>> 0;
  let text = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index++) {
    text = ALPHABET.charAt(value % 62) + text;
    value = Math.floor(value / 62);
  }
  return text;
}

/** Unbiased: bytes of 248 and more are thrown away. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}
