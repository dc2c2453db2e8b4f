import { addCommonRoutes, type AdminHandler } from '../../kernel/control-plane';
import { FaultRules } from '../../kernel/fault-rules';
import { jsonReply, type Exchange, type Listening, type Reply } from '../../kernel/http-frame';
import { Journal } from '../../kernel/journal';
import { Router } from '../../kernel/router';
import { startVendorServer } from '../../kernel/vendor-server';
import { VirtualClock } from '../../kernel/virtual-clock';
import { addNetSuiteControls } from './control/netsuite.control';
import { addRecordControls } from './control/record.control';
import { handleApiCall } from './netsuite.api';
import { errorReply, Rejection } from './netsuite.errors';
import { recordPage } from './netsuite.page';
import { NetSuiteState, type NetSuiteStateOptions } from './netsuite.state';
import { AUTHORIZE_PATH, CONSENT_PATH } from './oauth/authorize.handler';
import { REST_PATH } from './rest/api-routes';
import { handleRevoke, handleToken, TOKEN_PATH } from './oauth/token.handler';

const REVOKE_PATH = '/services/rest/auth/oauth2/v1/revoke';

export interface NetSuiteServerOptions extends NetSuiteStateOptions {
  readonly host: string;
  readonly port: number;
  readonly controlToken: string;
}

/** Starts the NetSuite stand-in on the root path of its own port. */
export async function startNetSuite(options: NetSuiteServerOptions): Promise<Listening> {
  const clock = new VirtualClock();
  const state = new NetSuiteState(clock, options);
  const parts = { token: options.controlToken, clock, faults: new FaultRules(options.seed), journal: new Journal() };
  const router = addCommonRoutes(new Router<AdminHandler>(), parts);
  const admin = addRecordControls(addNetSuiteControls(router, state, parts), state);
  const listening = await startVendorServer({
    ...parts,
    admin,
    host: options.host,
    port: options.port,
    handle: (exchange) => route(state, exchange),
  });
  state.url = listening.url;
  return listening;
}

function route(state: NetSuiteState, exchange: Exchange): Reply | Promise<Reply> {
  const { method, path } = exchange;
  if (path === TOKEN_PATH) return handleToken(state, exchange);
  if (path === REVOKE_PATH) return handleRevoke(state, exchange);
  if (path === AUTHORIZE_PATH && method === 'GET') return state.pages.authorize(exchange);
  if (path === CONSENT_PATH && method === 'POST') return state.pages.decide(exchange);
  if (path === '/rest/datacenterurls' && method === 'GET') return dataCenterUrls(exchange);
  if (path.startsWith(`${REST_PATH}/`)) return handleApiCall(state, exchange);
  if (path === '/' && method === 'GET') return recordPage(state, exchange.query);
  const detail = 'The requested URL is not valid.';
  return errorReply(new Rejection(404, [{ detail, code: 'INVALID_URL', url: path }]), 'flat');
}

/** Where an account lives, for anybody who asks. Everything is here, under the name the caller used. */
function dataCenterUrls({ query, headers }: Exchange): Reply {
  if (!query.get('account'))
    return jsonReply(400, { error: { code: 'SSS_MISSING_REQD_ARGUMENT', message: 'account' } });
  const url = `http://${headers.host ?? ''}`;
  return jsonReply(200, { webservicesDomain: url, restDomain: url, systemDomain: url });
}
