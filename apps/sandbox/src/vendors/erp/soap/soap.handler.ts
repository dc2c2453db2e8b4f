import { pause, type Exchange, type Reply } from '../../../kernel/http-frame';
import { type ErpCompany } from '../erp.company';
import { type ErpState } from '../erp.state';
import { runOperation } from '../operations/operations';
import { isFields, type Fields, type OperationContract } from '../schema/contract.types';
import { printRoot } from '../schema/printer';
import { readElement, SchemaViolation } from '../schema/validator';
import { type XmlElement } from '../xml/xml.types';
import { accepts, authenticateHttp, authenticateMessage } from './authenticate';
import { readEnvelope, requireUnderstood } from './envelope';
import { HttpRefusal } from './http-refusal';
import { messageReply, readMessage, type MessageStyle } from './message';
import { clientFault, printFault, SoapFault } from './soap-fault';
import { isSecurityHeader } from './ws-security';

const PLAIN_STYLE: MessageStyle = {
  code_page: 'utf-8',
  charset_in_header: true,
  soap_prefix: 'soap',
  body_prefix: 'erp',
  response_limit_bytes: null,
};

interface Call {
  readonly operation: OperationContract;
  readonly request: Fields;
}

/** One message to the address of a company, or to the address that all share. */
export async function handleMessage(
  state: ErpState,
  exchange: Exchange,
  companies: readonly ErpCompany[],
): Promise<Reply> {
  // Until somebody has signed in, the answer can only have the habits of the address.
  let company = companies.length === 1 ? companies[0] : undefined;
  try {
    const limit = Math.max(...companies.map(({ settings }) => settings.request_limit_bytes));
    const known = authenticateHttp(exchange, companies, state.gate);
    const text = readMessage(exchange, limit);
    const { headers, request } = readEnvelope(text);
    const usesToken = !known && accepts(companies, 'wsse_digest', 'wsse_text');
    requireUnderstood(headers, (block) => usesToken && isSecurityHeader(block));
    const caller = known ?? authenticateMessage(headers, companies, state.nonces, state.clock.now());
    company = caller;
    caller.catchUp();
    return await caller.inSession(() => answer(state, caller, exchange, request, text));
  } catch (error) {
    if (error instanceof HttpRefusal) return error.reply;
    if (error instanceof SoapFault) return faultReply(state, company, error);
    throw error;
  }
}

async function answer(
  state: ErpState,
  company: ErpCompany,
  exchange: Exchange,
  element: XmlElement,
  text: string,
): Promise<Reply> {
  const { settings } = company;
  const { operation, request } = readCall(state, exchange, element);
  if (operation.name !== 'Ping') company.requireDaytime();
  if (settings.call_delay_ms > 0) await pause(settings.call_delay_ms);
  const injected = state.injected.decide([company.code, company.account.slug], operation.name, text);
  if (injected && !injected.afterCommit) throw injected.fault;
  company.catchUp();
  const { response, rows } = runOperation(operation.name, { company, actor: company.user.name }, request);
  if (settings.row_delay_ms > 0 && rows > 0) await pause(settings.row_delay_ms * rows);
  if (injected) throw injected.fault;
  const { namespace } = state.contract;
  const body = printRoot(operation.output, response, { prefix: settings.body_prefix, namespace });
  return messageReply(settings, settings.ok_status, namespace, body);
}

/** Which operation, by header and body alike, with its content checked. @throws SoapFault Client */
function readCall({ contract }: ErpState, { headers }: Exchange, element: XmlElement): Call {
  const action = headers.soapaction;
  if (typeof action !== 'string') throw new SoapFault('Client', 'The SOAPAction header is missing');
  const byAction = contract.operations.find(({ soapAction }) => action === `"${soapAction}"`);
  if (!byAction) {
    throw new SoapFault('Client', `The given SOAPAction ${action} does not match an operation`);
  }
  const operation = contract.operations.find(({ input }) => input.name === element.name);
  if (!operation || element.namespace !== contract.namespace) {
    throw new SoapFault(
      'Client',
      `cvc-elt.1: Cannot find the declaration of element '{${element.namespace}}${element.name}'.`,
    );
  }
  if (operation !== byAction) {
    throw new SoapFault('Client', `The given SOAPAction ${action} does not match the body element ${element.name}`);
  }
  return { operation, request: readRequest(contract.namespace, operation, element) };
}

function readRequest(namespace: string, { input }: OperationContract, element: XmlElement): Fields {
  try {
    const request = readElement(namespace, input, element);
    return isFields(request) ? request : {};
  } catch (error) {
    if (!(error instanceof SchemaViolation)) throw error;
    throw clientFault(error.kind === 'missing' ? 'ERP-1001' : 'ERP-1000', error.message, error.path);
  }
}

function faultReply({ contract }: ErpState, company: ErpCompany | undefined, fault: SoapFault): Reply {
  const style = company?.settings ?? PLAIN_STYLE;
  const body = printFault(fault, contract, { soapPrefix: style.soap_prefix, bodyPrefix: style.body_prefix });
  return messageReply(style, fault.httpStatus ?? company?.settings.fault_status ?? 500, contract.namespace, body);
}
