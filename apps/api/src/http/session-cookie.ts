import { type FastifyReply, type FastifyRequest } from 'fastify';

/** `hub_sso`, `hub_connect`: of a browser that is away at a company's identity provider, or at a vendor, to know it again. */
export type CookieName = 'hub_session' | 'hub_sso' | 'hub_connect';
/** Over TLS the name itself forbids a domain, another path, and any way but HTTPS (RFC 6265bis, section 4.1.3.2). */
const SECURE_PREFIX = '__Host-';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type CookieSettings = { readonly overTls: boolean };

export function sessionTokenOf(
  request: FastifyRequest,
  settings: CookieSettings,
  cookieName: CookieName = 'hub_session',
): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const name = fullName(cookieName, settings);
  for (const part of cookie.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && TOKEN.test(value)) return value;
  }
  return null;
}

/** Ends with the browser's session; how long the session itself lasts, the database knows. */
export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  settings: CookieSettings,
  name: CookieName = 'hub_session',
): void {
  void reply.header('set-cookie', cookieLine(name, token, settings)).header('cache-control', 'no-store');
}

export function clearSessionCookie(
  reply: FastifyReply,
  settings: CookieSettings,
  name: CookieName = 'hub_session',
): void {
  void reply.header('set-cookie', `${cookieLine(name, '', settings)}; Max-Age=0`);
}

/** Lax, not Strict: whoever comes back from a vendor's sign-in page must still be signed in here. */
function cookieLine(name: CookieName, value: string, settings: CookieSettings): string {
  const line = `${fullName(name, settings)}=${value}; Path=/; HttpOnly; SameSite=Lax`;
  return settings.overTls ? `${line}; Secure` : line;
}

/** On loopback there is no TLS, and browsers take no prefixed name without. */
function fullName(name: CookieName, { overTls }: CookieSettings): string {
  return overTls ? `${SECURE_PREFIX}${name}` : name;
}
