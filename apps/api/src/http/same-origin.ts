import { timingSafeEqual } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { csrfTokenOf } from '@hub/tenancy';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function changesSomething(request: FastifyRequest): boolean {
  return !SAFE_METHODS.has(request.method);
}

/**
 * Whether a page of this very hub sent the request: browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. What says
 * neither is no browser that carries a cookie (OWASP, Cross-Site Request Forgery Prevention).
 */
export function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = request.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.host;
}

/** What a page sends along is what follows from its session. */
export function hasCsrfToken(request: FastifyRequest, sessionToken: string): boolean {
  const sent = request.headers['x-csrf-token'];
  if (typeof sent !== 'string') return false;
  const [given, wanted] = [Buffer.from(sent), Buffer.from(csrfTokenOf(sessionToken))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
