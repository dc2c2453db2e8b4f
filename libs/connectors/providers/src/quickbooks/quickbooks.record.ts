import { createHash } from 'node:crypto';
import { isLosslessNumber, LosslessNumber, parse as parseLossless, stringify } from 'lossless-json';
import { isRealDate, type ConnectorError, type DeliveryRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { isNameList, type QuickBooksOperation } from './quickbooks.entities';
import { type QuickBooksConfig } from './quickbooks.settings';

export type Members = Record<string, unknown>;

/** A delivery made ready for a call. */
export interface PreparedRecord {
  /** Place in what `deliver` was given. */
  readonly index: number;
  /** Of the payload: an update. Null: a create. */
  readonly id: string | null;
  /** Of the payload, where the mapping knows it; else the current one is read. */
  readonly syncToken: string | null;
  readonly members: Members;
  /** Same delivery and same content, same id; a mapping that was repaired makes another. At most 32 characters. */
  readonly requestId: string;
  /** In the private note of a transaction: by it a create is found again whose answer was lost. */
  readonly marker: string;
  /** An earlier attempt may have reached the vendor. */
  readonly isRepeat: boolean;
  /** Nothing of it was created before. */
  readonly acceptedAt: Date;
}

const MAX_NOTE = 4_000;
/** The vendor's numbers. Mappings carry decimals as text, because a JavaScript number would change them. */
const NUMERIC = new Set([
  'Amount',
  'Discount',
  'DiscountPercent',
  'ExchangeRate',
  'Percentage',
  'PurchaseCost',
  'Qty',
  'QtyOnHand',
  'TaxPercent',
  'TotalAmt',
  'TotalTax',
  'UnitPrice',
]);
/** `TxnDate`, `DueDate`, `ServiceDate`: all of the vendor's days, none of its texts. */
const DATE_MEMBER = /Date$/;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

export function prepareRecord(
  record: DeliveryRecord,
  index: number,
  { entity, verb }: QuickBooksOperation,
  config: QuickBooksConfig,
): Result<PreparedRecord, ConnectorError> {
  let payload: unknown;
  try {
    payload = parseLossless(record.payloadText);
  } catch {
    return invalid('payload_not_json', 'The payload is not JSON');
  }
  if (!isMembers(payload)) {
    return invalid('payload_not_object', 'The payload must be a JSON object with one member for each field');
  }
  const { Id: id, SyncToken: syncToken, ...rest } = withNumbers(payload) as Members;
  if (id !== undefined && (typeof id !== 'string' || !/^\d{1,20}$/.test(id)))
    return invalid('2030', 'Id is not the id of an entity: a text of digits', ['Id']);
  if (syncToken !== undefined && typeof syncToken !== 'string')
    return invalid('2030', 'SyncToken must be text', ['SyncToken']);
  if (id === undefined && (verb === 'update' || verb === 'deactivate'))
    return invalid('2020', `${verb} needs the Id of the ${entity}`, ['Id']);
  if (id !== undefined && verb === 'create') return invalid('2030', 'A create must not name an Id', ['Id']);
  const marker = `[hub:${sha256(record.idempotencyKey).slice(0, 16)}]`;
  const members = verb === 'deactivate' ? inactive(isNameList(entity)) : rest;
  if (id === undefined) completeNew(members, entity, config, marker);
  const lines = entity === 'Invoice' ? linesOf(members) : [];
  for (const line of lines) completeLine(line, config);
  const noDay = findNoDay(members);
  if (noDay !== null) return invalid('2020', `${noDay} is a day that does not exist`, [noDay]);
  const nameless = lines.findIndex(isAmountOfNothing);
  if (nameless !== -1) return err(lineWithoutItem(nameless));
  return ok({
    index,
    id: id ?? null,
    syncToken: syncToken ?? null,
    members,
    requestId: sha256(`${record.idempotencyKey}\n${stringify(members) ?? ''}`).slice(0, 32),
    marker,
    isRepeat: record.mayHaveBeenSent,
    acceptedAt: record.acceptedAt,
  });
}

function inactive(isNamed: boolean): Members {
  return isNamed ? { Active: false } : {};
}

/** What a create needs and a mapping need not know: it is the connection that says it. */
function completeNew(members: Members, entity: string, config: QuickBooksConfig, marker: string): void {
  if (entity === 'Item') {
    members['Type'] ??= 'Service';
    if (config.income_account_id !== undefined) members['IncomeAccountRef'] ??= { value: config.income_account_id };
  }
  if (entity === 'Invoice' || entity === 'Payment') {
    const note = typeof members['PrivateNote'] === 'string' ? members['PrivateNote'] : '';
    members['PrivateNote'] = `${note.slice(0, MAX_NOTE - marker.length - 1)} ${marker}`.trim();
  }
}

/** In changes as well: the lines of a change take the place of those that the invoice had. */
function completeLine(line: Members, config: QuickBooksConfig): void {
  const detail = line['SalesItemLineDetail'];
  if (!isMembers(detail)) return;
  if (config.default_item_id !== undefined) detail['ItemRef'] ??= { value: config.default_item_id };
  if (config.default_tax_code !== undefined) detail['TaxCodeRef'] ??= { value: config.default_tax_code };
}

/** QuickBooks refuses the body and names no field. @returns the path of the member. */
function findNoDay(members: Members, path = ''): string | null {
  for (const [name, value] of Object.entries(members)) {
    const at = `${path}${name}`;
    if (typeof value === 'string' && DATE_MEMBER.test(name) && /^\d{4}-/.test(value) && !isRealDate(value)) return at;
    const inner = Array.isArray(value) ? value.map((item, index) => [`${at}[${index}].`, item] as const) : [];
    for (const [prefix, item] of [...inner, [`${at}.`, value] as const]) {
      const found = isMembers(item) ? findNoDay(item, prefix) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

/** QuickBooks keeps such a line as a remark and drops its amount, without a word. */
function isAmountOfNothing({ DetailType: type, SalesItemLineDetail: detail, Amount: amount }: Members): boolean {
  return type === 'SalesItemLineDetail' && isMembers(detail) && detail['ItemRef'] === undefined && amount !== undefined;
}

function lineWithoutItem(index: number): ConnectorError {
  return {
    category: 'validation',
    code: 'line_without_item',
    message:
      'The line names no product or service, and the connection has no default item: QuickBooks would drop its amount',
    fields: [`Line[${index}].SalesItemLineDetail.ItemRef`],
  };
}

/** Decimal texts of numeric members as numbers, digit by digit. */
function withNumbers(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return NUMERIC.has(name) && DECIMAL.test(value) ? new LosslessNumber(value) : value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, name));
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withNumbers(inner, member)]));
}

function linesOf(members: Members): Members[] {
  return Array.isArray(members['Line']) ? members['Line'].filter(isMembers) : [];
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function invalid(code: string, message: string, fields?: readonly string[]): Result<never, ConnectorError> {
  return err({ category: 'validation', code, message, ...(fields === undefined ? {} : { fields }) });
}
