import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Over TLS the name itself forbids a domain, another path, and any way but HTTPS (RFC 6265bis, section 4.1.3.2). */
const SECURE_NAME = '__Host-hub_session';
/** On loopback, where there is no TLS. */
const PLAIN_NAME = 'hub_session';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type CookieSettings = { readonly overTls: boolean };

export function sessionTokenOf(request: FastifyRequest, { overTls }: CookieSettings): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const name = overTls ? SECURE_NAME : PLAIN_NAME;
  for (const part of cookie.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && TOKEN.test(value)) return value;
  }
  return null;
}

/** Ends with the browser's session; how long the session itself lasts, the database knows. */
export function setSessionCookie(reply: FastifyReply, token: string, settings: CookieSettings): void {
  void reply.header('set-cookie', `${nameAndRest(token, settings)}`).header('cache-control', 'no-store');
}

export function clearSessionCookie(reply: FastifyReply, settings: CookieSettings): void {
  void reply.header('set-cookie', `${nameAndRest('', settings)}; Max-Age=0`);
}

/** Lax, not Strict: whoever comes back from a vendor's sign-in page must still be signed in here. */
function nameAndRest(value: string, { overTls }: CookieSettings): string {
  const rest = 'Path=/; HttpOnly; SameSite=Lax';
  return overTls ? `${SECURE_NAME}=${value}; ${rest}; Secure` : `${PLAIN_NAME}=${value}; ${rest}`;
}
