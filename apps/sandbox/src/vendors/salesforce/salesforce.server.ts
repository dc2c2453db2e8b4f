import { addCommonRoutes, type AdminHandler } from '../../kernel/control-plane';
import { FaultRules } from '../../kernel/fault-rules';
import { type Exchange, type Listening, type Reply } from '../../kernel/http-frame';
import { Journal } from '../../kernel/journal';
import { Router } from '../../kernel/router';
import { startVendorServer } from '../../kernel/vendor-server';
import { VirtualClock } from '../../kernel/virtual-clock';
import { addSalesforceControls } from './control/salesforce.control';
import { CONSENT_PATH } from './oauth/authorize.handler';
import { handleIdentity, handleUserInfo } from './oauth/identity.handler';
import { handleRevoke, handleToken } from './oauth/token.handler';
import { ACCOUNT_PATH, accountForm, saveAccount } from './salesforce.account-page';
import { handleDataCall, notFoundReply } from './salesforce.api';
import { recordPage } from './salesforce.page';
import { SalesforceState, type SalesforceStateOptions } from './salesforce.state';

export interface SalesforceServerOptions extends SalesforceStateOptions {
  readonly host: string;
  readonly port: number;
  readonly controlToken: string;
}

/** Starts the Salesforce stand-in on the root path of its own port. */
export async function startSalesforce(options: SalesforceServerOptions): Promise<Listening> {
  const clock = new VirtualClock();
  const state = new SalesforceState(clock, options);
  const parts = { token: options.controlToken, clock, faults: new FaultRules(options.seed), journal: new Journal() };
  const admin = addSalesforceControls(addCommonRoutes(new Router<AdminHandler>(), parts), state, parts);
  const listening = await startVendorServer({
    ...parts,
    admin,
    host: options.host,
    port: options.port,
    handle: (exchange) => route(state, exchange),
  });
  state.url = listening.url;
  return {
    ...listening,
    close: () => {
      state.close();
      return listening.close();
    },
  };
}

function route(state: SalesforceState, exchange: Exchange): Reply | Promise<Reply> {
  const { method, path } = exchange;
  if (path === '/services/data' || path.startsWith('/services/data/')) return handleDataCall(state, exchange);
  if (path === '/services/oauth2/token') return handleToken(state.oauthParts, exchange);
  if (path === '/services/oauth2/revoke') return handleRevoke(state.oauthParts, exchange);
  if (path === '/services/oauth2/userinfo') return handleUserInfo(state.oauthParts, exchange);
  if (path === '/services/oauth2/authorize' && method === 'GET') return state.pages.authorize(exchange);
  if (path === CONSENT_PATH && method === 'POST') return state.pages.decide(exchange);
  const [, orgId, userId] = /^\/id\/(\w+)\/(\w+)$/.exec(path) ?? [];
  if (orgId !== undefined && userId !== undefined) return handleIdentity(state.oauthParts, exchange, orgId, userId);
  if (path === ACCOUNT_PATH && method === 'GET') return accountForm(state, exchange);
  if (path === ACCOUNT_PATH && method === 'POST') return saveAccount(state, exchange);
  if (path === '/' && method === 'GET') return recordPage(state, exchange.query);
  return notFoundReply();
}
