/** Replaces whatever is taken out, so that support sees that something was there. */
export const REDACTED = '[redacted]';

/** Names that are harmless although they match the pattern of secrets below. */
const HARMLESS_HEADERS = new Set(['idempotency-key', 'x-idempotency-key', 'sforce-call-options']);
const SECRET_NAME =
  /auth|cookie|token|secret|passw|pwd|api[-_]?key|access[-_]?key|^key$|-key$|_key$|signature|^sig$|credential|session|code_verifier|assertion/i;

/** A member of a query or a fragment, in whatever text the address stands. */
const ADDRESS_MEMBER = /([?&#;])([^=?&#;\s<>"]+)=/g;
const MEMBER_END = /[&#\s<>"]|$/g;
const USER_INFO = /\/\/[^/?#\s<>"]*@/g;

/**
 * Values of headers whose names speak of credentials are replaced; names in lower case. From the others goes what would go
 * from a URL: `Location`, `Link`, `Refresh` and headers of a vendor's own hold addresses, also relative ones.
 */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const redacted: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    redacted[lower] = SECRET_NAME.test(lower) && !HARMLESS_HEADERS.has(lower) ? REDACTED : redactAddresses(value);
  }
  return redacted;
}

/** What is no credential may hold an address with one, behind `;` or `?`: it is looked through as well. */
function redactAddresses(value: string): string {
  const text = value.replace(USER_INFO, '//');
  let redacted = '';
  let done = 0;
  ADDRESS_MEMBER.lastIndex = 0;
  for (let found = ADDRESS_MEMBER.exec(text); found !== null; found = ADDRESS_MEMBER.exec(text)) {
    if (!SECRET_NAME.test(decodeName(found[2] ?? ''))) continue;
    redacted += text.slice(done, ADDRESS_MEMBER.lastIndex) + REDACTED;
    MEMBER_END.lastIndex = ADDRESS_MEMBER.lastIndex;
    done = MEMBER_END.exec(text)?.index ?? text.length;
    ADDRESS_MEMBER.lastIndex = done;
  }
  return redacted + text.slice(done);
}

/**
 * Takes user info, fragment and secret-looking query values out of a URL; the rest keeps its exact spelling.
 * A text that is no URL is replaced as a whole, because nothing is known about what it holds.
 */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return REDACTED;
  const parsed = new URL(url);
  const query = parsed.search
    .slice(1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0 || !SECRET_NAME.test(decodeName(pair.slice(0, equals)))) return pair;
      return `${pair.slice(0, equals)}=${REDACTED}`;
    })
    .join('&');
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query === '' ? '' : `?${query}`}`;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replace(/\+/g, ' '));
  } catch {
    return name;
  }
}

/**
 * The first `maxBytes` bytes of UTF-8, never cut inside a character, with a note of the full size.
 * @param fullBytes size of the whole where `text` is already a part of it.
 */
export function excerptBody(text: string, maxBytes: number, fullBytes?: number): string {
  const total = fullBytes ?? Buffer.byteLength(text);
  if (total <= maxBytes) return text;
  // A character takes at least one byte, so the tail beyond `maxBytes` characters never survives: do not encode it.
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(maxBytes, bytes.length);
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}… [${total} bytes in all]`;
}

/** Removes known secret values from a text, in the spellings in which they travel. */
export type Scrubber = (text: string) => string;

/** Shorter values occur in ordinary text by chance; hiding them would shred it and give them away. */
const SHORTEST_SECRET = 6;

/**
 * Names alone do not find a secret that a vendor echoes in a message or that a tenant put in a header of its own
 * naming, so values are hidden too: plain, percent-encoded, inside JSON strings, in base64 and in base64url.
 */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    const bytes = Buffer.from(secret);
    const formEncoded = new URLSearchParams({ s: secret }).toString().slice(2);
    spellings.add(secret).add(formEncoded).add(percentEncode(secret)).add(JSON.stringify(secret).slice(1, -1));
    spellings.add(bytes.toString('base64').replace(/=+$/, '')).add(bytes.toString('base64url'));
  }
  if (spellings.size === 0) return (text) => text;
  // Longest first: a spelling that contains another must go as a whole.
  const alternatives = [...spellings].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const pattern = new RegExp(alternatives.join('|'), 'g');
  return (text) => text.replace(pattern, REDACTED);
}

/** `encodeURIComponent` throws for a lone surrogate, which no URL can carry anyway. */
function percentEncode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
