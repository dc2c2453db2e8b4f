import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 3986: `! ' ( ) *` are encoded too, which `encodeURIComponent` leaves alone. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export interface TbaHeader {
  readonly realm: string | undefined;
  /** Everything named `oauth_…`, decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads `Authorization: OAuth …`; `undefined` when it does not parse, or says one thing twice. */
export function parseTbaHeader(header: string): TbaHeader | undefined {
  const list = /^OAuth\s+(.*)$/is.exec(header)?.[1];
  if (list === undefined) return undefined;
  const found = new Map<string, string>();
  for (const part of list.split(',')) {
    const [, name, value] = /^\s*([a-zA-Z_]+)="([^"]*)"\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || found.has(name)) return undefined;
    try {
      found.set(name, decodeURIComponent(value));
    } catch {
      return undefined;
    }
  }
  const realm = found.get('realm');
  found.delete('realm');
  if ([...found.keys()].some((name) => !name.startsWith('oauth_'))) return undefined;
  return { realm, parameters: found };
}

export interface SignedRequest {
  readonly method: string;
  /** The address the client used, with scheme and host; its query is part of what is signed. */
  readonly url: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Default ports are dropped, as `URL` does by itself; the realm and the signature are not signed. */
export function signatureBaseString({ method, url, parameters }: SignedRequest): string {
  const { origin, pathname, searchParams } = new URL(url);
  const pairs = [...parameters, ...searchParams]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([leftName, leftValue], [rightName, rightValue]) =>
      leftName === rightName ? compare(leftValue, rightValue) : compare(leftName, rightName),
    );
  const list = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  return [method.toUpperCase(), percentEncode(`${origin}${pathname}`), percentEncode(list)].join('&');
}

export function tbaSignature(request: SignedRequest, consumerSecret: string, tokenSecret: string): string {
  return createHmac('sha256', `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`)
    .update(signatureBaseString(request))
    .digest('base64');
}

export function sameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
