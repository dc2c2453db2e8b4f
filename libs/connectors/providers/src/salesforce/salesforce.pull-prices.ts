import { LosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { type KnownFields } from './salesforce.fields';
import { normaliseId } from './salesforce.ids';
import { findStandardPrices, pricing } from './salesforce.price-book';
import { PRICE_MEMBER } from './salesforce.prices';
import { textOf, type SalesforceRow } from './salesforce.query';

/** Whoever may not see prices still sees products. */
const NO_ACCESS = new Set<ConnectorError['category']>(['not_found', 'permission', 'validation']);

/**
 * The standard price of each product, in the product's currency, as it is written (see `salesforce.prices.ts`). A product
 * without one says nothing of a price.
 */
export async function pricesOf(
  client: SalesforceClient,
  known: KnownFields,
  rows: readonly SalesforceRow[],
): Promise<Result<(id: string, row: SalesforceRow) => SalesforceRow, ConnectorError>> {
  const live = rows.filter((row) => row['IsDeleted'] !== true);
  const ids = live.flatMap((row) => normaliseId(textOf(row, 'Id') ?? '') ?? []);
  const none = ok(() => ({}));
  if (ids.length === 0) return none;
  const org = await pricing(client, known);
  const found = org.ok ? await findStandardPrices(client, org.value, ids) : org;
  if (!found.ok) return NO_ACCESS.has(found.error.category) ? none : found;
  return ok((id, row) => {
    const currency = textOf(row, 'CurrencyIsoCode');
    const price = found.value
      .get(id)
      ?.find((one) => one.active && (one.currency === null || one.currency === currency));
    if (price === undefined) return {};
    return {
      [PRICE_MEMBER]: {
        UnitPrice: new LosslessNumber(price.unitPrice),
        CurrencyIsoCode: price.currency ?? client.settings.defaultCurrency,
      },
    };
  });
}
