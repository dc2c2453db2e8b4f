import { picklist } from './field.builders';
import { type ObjectDef } from './schema.types';

/** Exists in orgs with several currencies alone. */
export const CURRENCY_FIELD = 'CurrencyIsoCode';
export const CORPORATE_CURRENCY = 'USD';
const CURRENCIES = [CORPORATE_CURRENCY, 'EUR', 'GBP', 'CHF', 'CAD', 'AUD', 'JPY', 'KWD'];
const WITHOUT = new Set(['User', 'Pricebook2']);

/** The object as an org with several currencies has it: each record says in which its amounts are. */
export function withCurrency(definition: ObjectDef): ObjectDef {
  if (WITHOUT.has(definition.name)) return definition;
  // A line item is in the currency of its opportunity, and a price in the one that it was made in.
  const isLine = definition.name === 'OpportunityLineItem';
  const field = picklist(CURRENCY_FIELD, CURRENCIES, {
    label: 'Currency ISO Code',
    restrictedPicklist: true,
    defaultOption: CORPORATE_CURRENCY,
    defaultedOnCreate: true,
    createable: !isLine,
    updateable: !isLine && definition.name !== 'PricebookEntry',
  });
  return { ...definition, fields: [...definition.fields, field] };
}
