import { randomBytes } from 'node:crypto';
import { addCommonRoutes, type AdminHandler } from '../../kernel/control-plane';
import { FaultRules } from '../../kernel/fault-rules';
import { jsonReply, type Exchange, type Listening, type Reply } from '../../kernel/http-frame';
import { Journal } from '../../kernel/journal';
import { Router } from '../../kernel/router';
import { startVendorServer } from '../../kernel/vendor-server';
import { VirtualClock } from '../../kernel/virtual-clock';
import { addQuickBooksControls } from './control/quickbooks.control';
import { CONSENT_PATH } from './oauth/authorize.handler';
import {
  AUTHORIZE_PATH,
  DISCOVERY_PATHS,
  KEYS_PATH,
  REVOKE_PATH,
  TOKEN_PATH,
  USER_INFO_PATH,
  discovery,
  handleUserInfo,
} from './oauth/openid.handler';
import { handleRevoke, handleToken } from './oauth/token.handler';
import { DATA_ROOT, handleDataCall } from './quickbooks.api';
import { recordPage } from './quickbooks.page';
import { QuickBooksState, type QuickBooksStateOptions } from './quickbooks.state';

export interface QuickBooksServerOptions extends QuickBooksStateOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly controlToken: string;
}

/** Starts the QuickBooks Online stand-in on the root path of its own port. */
export async function startQuickBooks(options: QuickBooksServerOptions): Promise<Listening> {
  const clock = new VirtualClock();
  const state = new QuickBooksState(clock, options);
  const parts = { token: options.controlToken, clock, faults: new FaultRules(options.seed), journal: new Journal() };
  const admin = addQuickBooksControls(addCommonRoutes(new Router<AdminHandler>(), parts), state, parts);
  const listening = await startVendorServer({
    ...parts,
    admin,
    host: options.host,
    port: options.port,
    handle: async (exchange) => withTransactionId(await route(state, exchange)),
  });
  state.url = listening.url;
  return {
    ...listening,
    close: () => {
      state.stop();
      return listening.close();
    },
  };
}

/** The vendor's support asks for this id first; it is on every answer. */
function withTransactionId(reply: Reply): Reply {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return { ...reply, headers: { ...reply.headers, intuit_tid: `1-${seconds}-${randomBytes(12).toString('hex')}` } };
}

function route(state: QuickBooksState, exchange: Exchange): Reply | Promise<Reply> {
  const { method, path } = exchange;
  if (path.startsWith(DATA_ROOT)) return handleDataCall(state, exchange);
  if (path === TOKEN_PATH) return handleToken(state.oauthParts, exchange);
  if (path === REVOKE_PATH) return handleRevoke(state.oauthParts, exchange);
  if (path === AUTHORIZE_PATH && method === 'GET') return state.pages.authorize(exchange);
  if (path === CONSENT_PATH && method === 'POST') return state.pages.decide(exchange);
  if (method === 'GET') {
    if (path === USER_INFO_PATH) return handleUserInfo(state.oauthParts, exchange);
    if (path === KEYS_PATH) return state.oauthParts.idTokens.published();
    if (DISCOVERY_PATHS.has(path.replace(/\/$/, ''))) return discovery(state.url);
    if (path === '/') return recordPage(state, exchange.query);
  }
  return jsonReply(404, { error: 'not_found' });
}
