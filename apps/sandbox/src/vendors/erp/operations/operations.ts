import { readFeed } from '../data/change-feed';
import { ENTITY_TYPES, type EntityType, type Row } from '../data/erp-store';
import { comparableOf, printStamp } from '../data/local-time';
import { type ErpCompany } from '../erp.company';
import { fieldsField, keyField, textField, type Fields } from '../schema/contract.types';
import { clientFault, SoapFault } from '../soap/soap-fault';
import { planCustomer } from './customer';
import { planInvoice } from './invoice';
import { planPayment } from './payment';
import { type Answer, type OperationContext, type Plan } from './operation.types';
import { padded, presentEntries, presentRow } from './present';

const SYSTEM_VERSION = '4.7.0012';
const MESSAGE_ID_LENGTH = 64;

/** Carries out one validated request. Synchronous: a write is whole, and nobody sees it half done. */
export function runOperation(name: string, context: OperationContext, request: Fields): Answer {
  switch (name) {
    case 'Ping':
      return { response: { ServerTime: serverTime(context.company), Version: SYSTEM_VERSION }, rows: 0 };
    case 'GetChangesSince':
      return getChangesSince(context.company, request);
    case 'GetCustomer':
      return getOne(context.company, 'Customer', 'CustNo', request);
    case 'GetInvoice':
      return getOne(context.company, 'Invoice', 'InvoiceNo', request);
    case 'UpsertCustomer':
      return write(name, context, request, () =>
        planCustomer(context.company, fieldsField(request, 'Customer'), textField(request, 'ExpectedRowVersion')),
      );
    case 'UpsertInvoice':
      return write(name, context, request, () =>
        planInvoice(context.company, fieldsField(request, 'Invoice'), textField(request, 'ExpectedRowVersion')),
      );
    case 'PostPayment':
      return write(name, context, request, () => planPayment(context.company, fieldsField(request, 'Payment')));
    default:
      throw new Error(`the contract has an operation that is not built: ${name}`);
  }
}

function serverTime({ clock, settings }: ErpCompany): string {
  return printStamp(clock.now(), settings);
}

function getChangesSince(company: ErpCompany, request: Fields): Answer {
  const { settings, store } = company;
  const entity = ENTITY_TYPES.find((type) => type === textField(request, 'EntityType'));
  if (!entity) {
    throw clientFault('ERP-1003', `EntityType must be one of ${ENTITY_TYPES.join(', ')}`, 'EntityType');
  }
  const maxRows = Number(textField(request, 'MaxRows') ?? settings.page_size);
  if (maxRows < 1) throw clientFault('ERP-1003', 'MaxRows must be positive', 'MaxRows');
  const since = textField(request, 'Since');
  const page = readFeed(store, settings, company.code, {
    entity,
    since: since === undefined ? undefined : comparableOf(since, settings),
    cursor: keyField(request, 'Cursor'),
    limit: Math.min(maxRows, settings.page_size_max),
  });
  return {
    rows: page.entries.length,
    response: {
      ...presentEntries(settings, entity, page.entries),
      NextCursor: page.nextCursor,
      HasMore: String(page.hasMore),
      ServerTime: serverTime(company),
    },
  };
}

function getOne({ store, settings }: ErpCompany, entity: EntityType, keyName: string, request: Fields): Answer {
  const key = keyField(request, keyName);
  const extRef = keyField(request, 'ExtRef');
  if ((key === undefined) === (extRef === undefined)) {
    throw clientFault('ERP-1001', `Either ${keyName} or ExtRef must be given`, keyName);
  }
  const row: Row | undefined =
    key !== undefined ? store.findByKey(entity, key) : store.find(entity, 'ExtRef', extRef ?? '');
  if (!row) {
    throw clientFault(
      'ERP-1404',
      `${entity} ${key ?? extRef ?? ''} does not exist`,
      key === undefined ? 'ExtRef' : keyName,
    );
  }
  return { rows: 1, response: { [entity]: presentRow(settings, row) } };
}

/** Runs once for a message id, however often it is sent. */
function write(operation: string, context: OperationContext, request: Fields, plan: () => Plan): Answer {
  const { company } = context;
  const { settings, messages, clock } = company;
  const messageId = (textField(request, 'MessageId') ?? '').trim();
  if (messageId === '' || messageId.length > MESSAGE_ID_LENGTH) {
    throw clientFault('ERP-1001', `MessageId must have 1 to ${MESSAGE_ID_LENGTH} characters`, 'MessageId');
  }
  try {
    const known = messages.find(operation, messageId, request, clock.now(), settings.message_cache_ms);
    if (known) {
      const result = settings.replay_action === 'original' ? known : { ...known, Action: 'Duplicate' };
      return { response: { Result: result }, rows: 0 };
    }
    const result = carryOut(context, plan());
    messages.remember(operation, messageId, request, result, clock.now());
    return { response: { Result: result }, rows: 1 };
  } catch (error) {
    const asResult = settings.business_errors === 'result' ? errorAction(error) : undefined;
    if (asResult === undefined) throw error;
    return { response: { Result: { Action: asResult } }, rows: 0 };
  }
}

/** Does what was planned, in one transaction. @throws SoapFault ERP-9001 */
export function carryOut(
  { company, actor, modifiedMs }: OperationContext,
  { entity, key, action, changes }: Plan,
): Fields {
  const { settings, store, transactions } = company;
  const [row] =
    changes.length > 0 ? transactions.commit(changes, { actor, modifiedMs }) : [store.findByKey(entity, key)];
  return { Key: padded(settings, key), Action: action, ...(row ? { RowVersion: String(row.rowVersion) } : {}) };
}

function errorAction(error: unknown): string | undefined {
  if (!(error instanceof SoapFault) || error.code !== 'Client' || !error.detail) return undefined;
  const { code, message, field } = error.detail;
  return `Error ${code}: ${message}${field === undefined ? '' : ` (${field})`}`;
}
