import { createHash } from 'node:crypto';
import { canonicalJson, REDACTED, scrub, type Json } from '@hub/platform';

/** What a state may hold is chosen by who records it; this is for the member that somebody adds to it later. */
const SECRET_NAME =
  /passw|pwd|secret|token|credential|authorization|cookie|private[-_]?key|api[-_]?key|^key$|signature/i;
/** Times and marks about secrets are none. */
const ABOUT_SECRETS = /_(at|id|prefix|seconds)$/;

const MOST_BYTES_OF_MEMBER = 16_384;
const DEEPEST = 32;

/**
 * A value as a record may keep it for years: JSON that every reader agrees on (I-JSON: no lone halves of surrogate pairs),
 * without NUL, which the database cannot hold, without secrets, and of bounded size.
 */
export function redacted(value: unknown): Json {
  return bounded(clean(value, 0));
}

function clean(value: unknown, depth: number): Json {
  if (value === null || value === undefined || depth > DEEPEST) return null;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return Array.from(value, (item) => clean(item, depth + 1));
  if (typeof value !== 'object') return null;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [cleanText(name), isSecret(name, member) ? REDACTED : clean(member, depth + 1)]),
  );
}

function isSecret(name: string, member: unknown): boolean {
  if (member === null || typeof member === 'boolean' || typeof member === 'number') return false;
  return SECRET_NAME.test(name) && !ABOUT_SECRETS.test(name);
}

/** NUL, and halves of surrogate pairs that stand alone. */
const UNSTORABLE = new RegExp(
  `${String.fromCharCode(0)}|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]`,
  'g',
);

export function cleanText(text: string): string {
  return scrub(text.replace(UNSTORABLE, '\ufffd'));
}

/** A member that is too large becomes its digest: whoever holds the thing itself can still prove that it was this one. */
function bounded(value: Json): Json {
  if (!isObject(value)) return boundedMember(value);
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, boundedMember(member)]);
  return boundedMember(Object.fromEntries(members));
}

function boundedMember(value: Json): Json {
  const text = canonicalJson(value);
  if (Buffer.byteLength(text) <= MOST_BYTES_OF_MEMBER) return value;
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) };
}

function isObject(value: Json): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
