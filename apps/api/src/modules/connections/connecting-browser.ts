import { type FastifyReply, type FastifyRequest } from 'fastify';
import { issueToken } from '@hub/tenancy';
import { sessionTokenOf, setSessionCookie, type CookieSettings } from '../../http/session-cookie';

/** What the browser says that it was told when it set out to a vendor. */
export function connectingBrowserOf(request: FastifyRequest, publicUrl: string | null): string | null {
  return sessionTokenOf(request, cookiesOf(publicUrl), 'hub_connect');
}

/** The browser's own token. One that it has stays: somebody may be signing in to two vendors at once. */
export function markConnectingBrowser(request: FastifyRequest, reply: FastifyReply, publicUrl: string | null): string {
  const browser = connectingBrowserOf(request, publicUrl) ?? issueToken().token;
  setSessionCookie(reply, browser, cookiesOf(publicUrl), 'hub_connect');
  return browser;
}

function cookiesOf(publicUrl: string | null): CookieSettings {
  return { overTls: publicUrl?.startsWith('https://') === true };
}
