import Big from 'big.js';
import { isLosslessNumber, parse as parseLossless, stringify } from 'lossless-json';
import { slices, type ConnectorError, type DeliveryRecord, type RecordOutcome } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { sendCollection } from './salesforce.collections';
import { type KnownFields } from './salesforce.fields';
import { normaliseId } from './salesforce.ids';
import { COLLECTION_SIZE } from './salesforce.manifest';
import { findStandardPrices, pricing, standardBookId, type Pricing, type StandardPrice } from './salesforce.price-book';

/** Member of a product's payload: its price in the standard price book, which Salesforce keeps in a record of its own. */
export const PRICE_MEMBER = 'StandardPrice';

const UNIT_PRICE = `${PRICE_MEMBER}.UnitPrice`;
const CURRENCY = `${PRICE_MEMBER}.CurrencyIsoCode`;

interface WantedPrice {
  readonly unitPrice: Big;
  readonly currency: string | null;
}

type Deliver = (records: readonly DeliveryRecord[]) => Promise<readonly RecordOutcome[]>;

/**
 * Writes products, and then their prices. A price that cannot be kept as it is refuses its product before anything is
 * sent. A product whose price fails is failed as a whole: sent again, both are written again, which changes nothing twice,
 * because a product has one standard price for each currency and the hub asks for it first.
 */
export async function deliverProducts(
  client: SalesforceClient,
  known: KnownFields,
  records: readonly DeliveryRecord[],
  deliver: Deliver,
): Promise<readonly RecordOutcome[]> {
  const taken = records.map(takePrice);
  if (taken.every((one) => one.ok && one.value.price === null)) return deliver(records);
  const org = await pricing(client, known);
  const checked = taken.map((one) => {
    if (!one.ok || one.value.price === null) return one;
    if (!org.ok) return org;
    const error = problemOf(one.value.price, org.value, client.settings.defaultCurrency);
    return error === null ? one : err(error);
  });
  const sendable = checked.flatMap((one, index) => (one.ok ? [{ ...one.value, index }] : []));
  const sent = await deliver(sendable.map(({ record }) => record));
  const outcomes = checked.map((one): RecordOutcome => ({ ok: false, error: one.ok ? NOT_SENT : one.error }));
  const priced: PricedProduct[] = [];
  sendable.forEach(({ price, index }, place) => {
    const outcome = sent[place] ?? outcomes[index]!;
    outcomes[index] = outcome;
    const productId = outcome.ok ? normaliseId(outcome.externalId ?? '') : null;
    if (price !== null && productId !== null) priced.push({ index, productId, price });
  });
  if (!org.ok || priced.length === 0) return outcomes;
  for (const [index, error] of await writePrices(client, org.value, priced)) outcomes[index] = { ok: false, error };
  return outcomes;
}

const NOT_SENT: ConnectorError = { category: 'transient', code: 'not_sent', message: 'The record was not sent' };

interface Taken {
  readonly record: DeliveryRecord;
  readonly price: WantedPrice | null;
}

/** Anything that is no object is left to whoever reads the record. */
function takePrice(record: DeliveryRecord): Result<Taken, ConnectorError> {
  let payload: unknown;
  try {
    payload = parseLossless(record.payloadText);
  } catch {
    return ok({ record, price: null });
  }
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, PRICE_MEMBER)) {
    return ok({ record, price: null });
  }
  const { [PRICE_MEMBER]: given, ...rest } = payload as Record<string, unknown>;
  const price = readPrice(given);
  if (!price.ok) return price;
  return ok({ record: { ...record, payloadText: stringify(rest) ?? '{}' }, price: price.value });
}

function readPrice(given: unknown): Result<WantedPrice | null, ConnectorError> {
  if (given === null) return ok(null);
  if (typeof given !== 'object' || isLosslessNumber(given))
    return err(invalid('payload_invalid', PRICE_MEMBER, 'must be an object'));
  const { UnitPrice: unitPrice, CurrencyIsoCode: currency = null } = given as Record<string, unknown>;
  const digits = isLosslessNumber(unitPrice) ? unitPrice.toString() : unitPrice;
  if (typeof digits !== 'string' || !/^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(digits))
    return err(invalid('INVALID_TYPE_ON_FIELD_IN_RECORD', UNIT_PRICE, 'must be a decimal number'));
  if (currency !== null && (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)))
    return err(invalid('INVALID_TYPE_ON_FIELD_IN_RECORD', CURRENCY, 'must be the code of a currency'));
  return ok({ unitPrice: new Big(digits), currency });
}

function problemOf(
  { unitPrice, currency }: WantedPrice,
  { scale, manyCurrencies }: Pricing,
  orgCurrency: string,
): ConnectorError | null {
  if (!unitPrice.round(scale, Big.roundDown).eq(unitPrice))
    return invalid('NUMBER_OUTSIDE_VALID_RANGE', UNIT_PRICE, `takes ${scale} decimals: Salesforce would round it`);
  if (manyCurrencies && currency === null)
    return invalid('currency_missing', CURRENCY, 'is missing: the org has several currencies');
  if (!manyCurrencies && currency !== null && currency !== orgCurrency)
    return invalid('other_currency', CURRENCY, `is ${currency}, but the one currency of the org is ${orgCurrency}`);
  return null;
}

function invalid(code: string, field: string, message: string): ConnectorError {
  return { category: 'validation', code, message: `${field} ${message}`, fields: [field] };
}

interface PricedProduct {
  readonly index: number;
  readonly productId: string;
  readonly price: WantedPrice;
}

/** @returns by place of the product, prices that were not written. */
async function writePrices(
  client: SalesforceClient,
  org: Pricing,
  products: readonly PricedProduct[],
): Promise<ReadonlyMap<number, ConnectorError>> {
  const failures = new Map<number, ConnectorError>();
  const fail = ({ indexes }: Pick<Line, 'indexes'>, error: ConnectorError): void => {
    for (const index of indexes) failures.set(index, error);
  };
  const ids = products.map(({ productId }) => productId);
  const found = await findStandardPrices(client, org, ids);
  if (!found.ok) return new Map(products.map(({ index }) => [index, found.error]));
  const { changes, additions } = planPrices(found.value, org, products);
  const send = async (lines: readonly Line[], isNew: boolean): Promise<void> => {
    for (const slice of slices(lines, COLLECTION_SIZE)) {
      const { outcomes } = await sendCollection(client, {
        object: 'PricebookEntry',
        externalIdField: null,
        isNew,
        records: slice.map(({ fields }) => JSON.stringify({ attributes: { type: 'PricebookEntry' }, ...fields })),
      });
      slice.forEach((line, place) => {
        const outcome = outcomes[place];
        if (outcome?.ok === false) fail(line, asPriceError(outcome.error));
      });
    }
  };
  await send(changes, false);
  if (additions.length === 0) return failures;
  const book = await standardBookId(client);
  if (book.ok)
    await send(
      additions.map((line) => ({ ...line, fields: { Pricebook2Id: book.value, ...line.fields } })),
      true,
    );
  else for (const line of additions) fail(line, book.error);
  return failures;
}

/** What differs from the prices that there are. Of two prices of one product the later counts: both stand and fall with it. */
function planPrices(
  found: ReadonlyMap<string, readonly StandardPrice[]>,
  { manyCurrencies }: Pricing,
  products: readonly PricedProduct[],
): { readonly changes: readonly Line[]; readonly additions: readonly Line[] } {
  const last = new Map<string, { readonly product: PricedProduct; readonly indexes: readonly number[] }>();
  for (const product of products) {
    const key = `${product.productId} ${product.price.currency ?? ''}`;
    last.set(key, { product, indexes: [...(last.get(key)?.indexes ?? []), product.index] });
  }
  const changes: Line[] = [];
  const additions: Line[] = [];
  for (const { product, indexes } of last.values()) {
    const { productId, price } = product;
    const entry = found.get(productId)?.find(({ currency }) => !manyCurrencies || currency === price.currency);
    const UnitPrice = price.unitPrice.toFixed();
    if (entry === undefined) {
      const currency = manyCurrencies ? { CurrencyIsoCode: price.currency } : {};
      additions.push({ indexes, fields: { Product2Id: productId, UnitPrice, ...currency, IsActive: true } });
    } else if (!price.unitPrice.eq(entry.unitPrice)) changes.push({ indexes, fields: { Id: entry.id, UnitPrice } });
  }
  return { changes, additions };
}

interface Line {
  readonly indexes: readonly number[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** By the name that the payload has for it. Made by somebody else meanwhile: the next try finds it. */
function asPriceError(error: ConnectorError): ConnectorError {
  return {
    ...error,
    ...(error.code === 'DUPLICATE_VALUE' ? { category: 'transient' as const } : {}),
    ...(error.fields === undefined ? {} : { fields: error.fields.map((field) => `${PRICE_MEMBER}.${field}`) }),
  };
}
