import { type FastifyRequest } from 'fastify';
import { problem, type Problem } from '@hub/platform';
import { type SessionAuthenticator, type SessionIdentity } from '@hub/tenancy';
import { changesSomething, hasCsrfToken, isSameOrigin } from './same-origin';
import { sessionTokenOf, type CookieSettings } from './session-cookie';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in, on requests that came with a session and no key. */
    signedIn?: SessionIdentity;
  }
}

export const NOT_SIGNED_IN = problem('unauthenticated', 'not_signed_in', 'Nobody is signed in, or no longer.');
const CSRF_FAILED = problem(
  'forbidden',
  'csrf_failed',
  'This change did not come from a page of the hub that belongs to the session.',
);
const NO_TENANT = problem('forbidden', 'no_tenant', 'Choose a company to work in first.');

/** Lets a person in by the session's cookie, as keys let programs in. */
export class SessionAccess {
  constructor(
    private readonly sessions: SessionAuthenticator,
    readonly cookies: CookieSettings,
  ) {}

  hasSession(request: FastifyRequest): boolean {
    return sessionTokenOf(request, this.cookies) !== null;
  }

  tokenOf(request: FastifyRequest): string | null {
    return sessionTokenOf(request, this.cookies);
  }

  /** Puts identity or operator on the request. @returns what to answer instead */
  async admit(request: FastifyRequest): Promise<Problem | null> {
    const refusal = await this.recognise(request);
    if (refusal !== null) return refusal;
    const { signedIn } = request;
    if (signedIn === undefined) return NOT_SIGNED_IN;
    if (request.url.startsWith('/admin/')) {
      const { user_id: id, name } = signedIn.session;
      if (signedIn.session.is_operator) request.operator = { keyId: id, name, isPerson: true };
      return null;
    }
    if (signedIn.identity === null) return NO_TENANT;
    request.identity = signedIn.identity;
    return null;
  }

  /** Only who it is; what they may do is for others to say. */
  async recognise(request: FastifyRequest): Promise<Problem | null> {
    const token = this.tokenOf(request);
    if (token === null) return NOT_SIGNED_IN;
    const found = await this.sessions.check(token);
    if (found === null) return NOT_SIGNED_IN;
    if (changesSomething(request) && !(isSameOrigin(request) && hasCsrfToken(request, token))) return CSRF_FAILED;
    request.signedIn = found;
    return null;
  }

  forget(request: FastifyRequest): void {
    const token = this.tokenOf(request);
    if (token !== null) this.sessions.forget(token);
  }
}
