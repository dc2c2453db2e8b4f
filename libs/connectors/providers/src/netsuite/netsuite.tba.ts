import { createHmac, randomBytes } from 'node:crypto';

/** Token-based authentication: OAuth 1.0a (RFC 5849) with HMAC-SHA256, the only method that NetSuite takes. */
export interface TbaCredentials {
  readonly accountId: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

/** When and how often: a pair of nonce and timestamp is good for one call, so a repeat is signed anew. */
export interface TbaMoment {
  readonly nonce: string;
  readonly timestamp: number;
}

export function tbaMoment(nowMs: number): TbaMoment {
  return { nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(nowMs / 1000) };
}

/**
 * The `Authorization` header of one call. The query is signed, a JSON body is not; default ports are dropped by `URL`.
 * @param url as it is sent: a space in its query must be `%20`, because a bare `+` would be signed as a space
 */
export function signTba(credentials: TbaCredentials, method: string, url: string, moment: TbaMoment): string {
  const { origin, pathname, searchParams } = new URL(url);
  const oauth = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: moment.nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(moment.timestamp),
    oauth_token: credentials.tokenId,
    oauth_version: '1.0',
  };
  const pairs = [...Object.entries(oauth), ...searchParams]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) =>
      name === otherName ? compare(value, otherValue) : compare(name, otherName),
    )
    .map((pair) => pair.join('='));
  const base = [method.toUpperCase(), encode(origin + pathname), encode(pairs.join('&'))].join('&');
  const key = `${encode(credentials.consumerSecret)}&${encode(credentials.tokenSecret)}`;
  const signature = createHmac('sha256', key).update(base).digest('base64');
  const members = Object.entries({ ...oauth, oauth_signature: signature }).map(
    ([name, value]) => `${name}="${encode(value)}"`,
  );
  return `OAuth realm="${realmOf(credentials.accountId)}", ${members.join(', ')}`;
}

/** The account's id as sign-in knows it: `1234567_SB1`. */
export function realmOf(accountId: string): string {
  return accountId.toUpperCase().replaceAll('-', '_');
}

/** RFC 3986: `! ' ( ) *` are encoded as well. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
