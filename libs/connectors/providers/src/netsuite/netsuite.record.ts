import { isLosslessNumber, LosslessNumber, parse as parseLossless } from 'lossless-json';
import { type ConnectorError, type DeliveryRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { isMembers, sha256, type Members } from './netsuite.json';
import { type Verb } from './netsuite.operation';

/** A delivery made ready for a call. */
export interface PreparedRecord {
  /** Internal id, of the payload: a change. */
  readonly id: string | null;
  /** External id: by it a create is an upsert, and a repeat finds what was made. Null beside an id. */
  readonly externalId: string | null;
  /** Of an item, where the payload says: which kind to create. */
  readonly recordType: string | null;
  readonly members: Members;
}

/** The vendor's numbers. Mappings carry decimals as text, because a JavaScript number would change them. */
const NUMERIC = new Set([
  'amount',
  'cost',
  'creditLimit',
  'discountTotal',
  'exchangeRate',
  'payment',
  'price',
  'quantity',
  'rate',
  'shippingCost',
]);
const MONEY = new Set(['amount', 'creditLimit', 'payment']);
const WITHOUT_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const WITH_THREE_DECIMALS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const INTERNAL_ID = /^-?[1-9]\d{0,14}$/;
/** What is more, NetSuite misreads: `|` separates ids, and the rest breaks in one place or another. */
const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,100}$/;
const RECORD_TYPE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export function prepareRecord(record: DeliveryRecord, verb: Verb): Result<PreparedRecord, ConnectorError> {
  let payload: unknown;
  try {
    payload = parseLossless(record.payloadText);
  } catch {
    return invalid('payload_not_json', 'The payload is not JSON');
  }
  if (!isMembers(payload)) {
    return invalid('payload_not_object', 'The payload must be a JSON object with one member for each field');
  }
  const decimals = decimalsOf(payload['currency']);
  const rounded = findRounded(payload, decimals);
  if (rounded !== null) {
    const words = `${rounded} has more decimals than its currency (${decimals}): NetSuite would round it`;
    return invalid('INVALID_CONTENT', words, [rounded]);
  }
  const { id: lower, Id: upper, recordType, ...rest } = withNumbers(payload) as Members;
  const id = lower ?? upper;
  if (id !== undefined && (typeof id !== 'string' || !INTERNAL_ID.test(id))) {
    return invalid('INVALID_ID', 'id is not an internal id: a text of digits', ['id']);
  }
  const { externalId } = rest;
  if (externalId !== undefined && (typeof externalId !== 'string' || !EXTERNAL_ID.test(externalId))) {
    const words = 'externalId may have letters, digits, _ and -, at most 100';
    return invalid('INVALID_KEY_OR_REF', words, ['externalId']);
  }
  if (recordType !== undefined && (typeof recordType !== 'string' || !RECORD_TYPE.test(recordType))) {
    return invalid('NONEXISTENT_RECORD_TYPE', 'recordType is not the name of a record type', ['recordType']);
  }
  const isKnown = verb === 'update' || verb === 'deactivate';
  if (isKnown && id === undefined && externalId === undefined) {
    return invalid('INVALID_ID', `${verb} needs the id or the externalId of the record`, ['id']);
  }
  if (verb === 'create' && id !== undefined) return invalid('INVALID_ID', 'A create must not name an id', ['id']);
  // In the address, not in the body: there it would be a second opinion.
  if (id === undefined) delete rest['externalId'];
  return ok({
    id: id ?? null,
    externalId: id === undefined ? (externalId ?? `hub-${sha256(record.idempotencyKey).slice(0, 40)}`) : null,
    recordType: recordType ?? null,
    members: rest,
  });
}

/** Amounts of money; a rate may have more decimals. NetSuite rounds without a word. @returns the path of the member. */
function findRounded(value: unknown, decimals: number, path = ''): string | null {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findRounded(item, decimals, `${path}[${index}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isMembers(value)) return null;
  for (const [name, inner] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const found = MONEY.has(name) && isTooFine(inner, decimals) ? at : findRounded(inner, decimals, at);
    if (found !== null) return found;
  }
  return null;
}

function isTooFine(value: unknown, decimals: number): boolean {
  const text = isLosslessNumber(value) ? value.toString() : value;
  const [, fraction = ''] = (typeof text === 'string' && /^-?\d+\.(\d+)$/.exec(text)) || [];
  return /[1-9]/.test(fraction.slice(decimals));
}

/** ISO 4217; a currency that the payload names by an id, or not at all, is taken for one of two decimals. */
function decimalsOf(currency: unknown): number {
  const symbol = isMembers(currency) ? currency['symbol'] : undefined;
  if (typeof symbol !== 'string') return 2;
  return WITHOUT_DECIMALS.has(symbol) ? 0 : WITH_THREE_DECIMALS.has(symbol) ? 3 : 2;
}

/** Decimal texts of numeric members as numbers, digit by digit. Their order stays: of rate and amount the last one wins. */
function withNumbers(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return NUMERIC.has(name) && DECIMAL.test(value) ? new LosslessNumber(value) : value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, name));
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withNumbers(inner, member)]));
}

export function invalid(code: string, message: string, fields?: readonly string[]): Result<never, ConnectorError> {
  return err({ category: 'validation', code, message, ...(fields === undefined ? {} : { fields }) });
}
