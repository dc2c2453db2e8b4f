import { isLosslessNumber } from 'lossless-json';
import { slices, type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { UNREADABLE_ANSWER } from './salesforce.errors';
import { type KnownFields } from './salesforce.fields';
import { normaliseId } from './salesforce.ids';
import { queryRows, textOf, type SalesforceRow } from './salesforce.query';

/** Entries of one answer: a hundred products in twenty currencies. */
const PRODUCTS_A_QUERY = 100;

/** How an org keeps prices. */
export interface Pricing {
  /** Decimals of a price. */
  readonly scale: number;
  /** Each price says its currency; otherwise all are in the org's. */
  readonly manyCurrencies: boolean;
}

/** A price in the standard price book. */
export interface StandardPrice {
  readonly id: string;
  /** Digit by digit. */
  readonly unitPrice: string;
  /** Null in an org that has one currency alone. */
  readonly currency: string | null;
  readonly active: boolean;
}

export async function pricing(client: SalesforceClient, known: KnownFields): Promise<Result<Pricing, ConnectorError>> {
  const fields = await known.all(client, 'PricebookEntry');
  if (!fields.ok) return fields;
  const named = (name: string) => fields.value.find((field) => field.name === name);
  return ok({ scale: named('UnitPrice')?.scale ?? 2, manyCurrencies: named('CurrencyIsoCode') !== undefined });
}

/** Every org has one standard price book. */
export async function standardBookId(client: SalesforceClient): Promise<Result<string, ConnectorError>> {
  const books = await queryRows(client, 'SELECT Id FROM Pricebook2 WHERE IsStandard = true', false);
  if (!books.ok) return books;
  const id = textOf(books.value[0] ?? {}, 'Id');
  if (id !== null) return ok(id);
  return err({
    category: 'permission',
    code: 'no_price_book',
    message: "The hub's user does not see the standard price book",
  });
}

/** By product id in its long form. */
export async function findStandardPrices(
  client: SalesforceClient,
  { manyCurrencies }: Pricing,
  productIds: readonly string[],
): Promise<Result<ReadonlyMap<string, readonly StandardPrice[]>, ConnectorError>> {
  const found = new Map<string, StandardPrice[]>();
  const columns = ['Id', 'Product2Id', 'UnitPrice', 'IsActive', ...(manyCurrencies ? ['CurrencyIsoCode'] : [])];
  for (const ids of slices([...new Set(productIds)], PRODUCTS_A_QUERY)) {
    const priced = await queryRows(
      client,
      `SELECT ${columns.join(',')} FROM PricebookEntry WHERE Pricebook2.IsStandard = true ` +
        `AND Product2Id IN (${ids.map((id) => `'${id}'`).join(',')})`,
      false,
    );
    if (!priced.ok) return priced;
    for (const row of priced.value) {
      const product = normaliseId(textOf(row, 'Product2Id') ?? '');
      const price = readPrice(row);
      if (product === null || price === null) return err(UNREADABLE_ANSWER);
      found.set(product, [...(found.get(product) ?? []), price]);
    }
  }
  return ok(found);
}

function readPrice(row: SalesforceRow): StandardPrice | null {
  const id = textOf(row, 'Id');
  const unitPrice = row['UnitPrice'];
  if (id === null || !isLosslessNumber(unitPrice)) return null;
  return {
    id,
    unitPrice: unitPrice.toString(),
    currency: textOf(row, 'CurrencyIsoCode'),
    active: row['IsActive'] === true,
  };
}
