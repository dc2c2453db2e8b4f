import { addCommonRoutes, type AdminHandler } from '../../kernel/control-plane';
import { FaultRules } from '../../kernel/fault-rules';
import { type Exchange, type Listening, type Reply } from '../../kernel/http-frame';
import { Router } from '../../kernel/router';
import { startVendorServer } from '../../kernel/vendor-server';
import { VirtualClock } from '../../kernel/virtual-clock';
import { addErpControls } from './control/erp.control';
import { ErpJournal } from './erp.journal';
import { recordPage } from './erp.page';
import { ErpState, type ErpStateOptions } from './erp.state';
import { LEGACY_ERP_WSDL } from './schema/legacy-erp.wsdl';
import { htmlError } from './soap/http-refusal';
import { handleMessage } from './soap/soap.handler';

export interface ErpServerOptions extends ErpStateOptions {
  readonly host: string;
  readonly port: number;
  readonly controlToken: string;
  /** Opens HTTPS with client certificates besides; 0 takes any free port. Absent: no HTTPS. */
  readonly tlsPort?: number;
}

export interface ErpListening extends Listening {
  /** Present when a `tlsPort` was asked for. */
  readonly tlsUrl?: string;
}

/** Starts the stand-in of the SOAP ERP, with two companies' systems, on the root path of its own port. */
export async function startErp(options: ErpServerOptions): Promise<ErpListening> {
  const clock = new VirtualClock();
  const state = new ErpState(clock, options);
  const parts = { token: options.controlToken, clock, faults: new FaultRules(options.seed), journal: new ErpJournal() };
  const admin = addErpControls(addCommonRoutes(new Router<AdminHandler>(), parts), state, parts);
  const plain = await startVendorServer({
    ...parts,
    admin,
    host: options.host,
    port: options.port,
    handle: (exchange) => route(state, exchange),
    question: ({ path, body }) => `${path} ${body.toString('latin1').replace(HEADER, '')}`,
  });
  state.url = plain.url;
  if (options.tlsPort === undefined) return plain;
  const { host, seed, tlsPort } = options;
  const gate = await state.gate.open({ host, port: tlsPort, seed, target: plain.url }).catch(async (error: unknown) => {
    await plain.close();
    throw error;
  });
  state.tlsUrl = gate.url;
  return {
    ...plain,
    tlsUrl: gate.url,
    close: async () => {
      await Promise.all([gate.close(), plain.close()]);
    },
  };
}

/** Another one in each message, because it says when it was sent. */
const HEADER = /<(?<name>(?:[\w.-]+:)?Header)\b[\s\S]*?<\/\k<name>\s*>/;

function route(state: ErpState, exchange: Exchange): Reply | Promise<Reply> {
  const { method, path, query } = exchange;
  if (path === '/' && method === 'GET') return recordPage(state, query);
  const [isService, code] = /^\/erp(?:\/(\w+))?$/.exec(path) ?? [];
  const companies = code === undefined ? state.companies : state.companies.filter((company) => company.code === code);
  if (isService === undefined || companies.length === 0) {
    return htmlError(404, 'Not Found', 'The requested resource is not available.');
  }
  if (method === 'POST') return handleMessage(state, exchange, companies);
  const isWsdl = method === 'GET' && [...query.keys()].some((name) => name.toLowerCase() === 'wsdl');
  if (isWsdl) return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: LEGACY_ERP_WSDL };
  return htmlError(405, 'Method Not Allowed', 'This service takes SOAP messages by POST.', { allow: 'POST' });
}
