import { type JsonObject } from '@hub/platform';
import { type CanonicalType } from './canonical.types';

/** Of ids and references; no system's are nearly as long. */
const id = { type: 'string', minLength: 1, maxLength: 500, description: 'As the source writes it.' };
const text = { type: ['string', 'null'], maxLength: 10_000 };
const name = { type: 'string', maxLength: 500 };
const decimal = {
  type: 'string',
  pattern: '^-?[0-9]{1,30}(\\.[0-9]{1,15})?$',
  description: 'A decimal as text: no exponent, no thousands separator.',
  examples: ['-12.50'],
};
const date = {
  type: 'string',
  format: 'date',
  description: 'A day, in no zone.',
  examples: ['2026-11-20'],
};
const instant = {
  type: ['string', 'null'],
  format: 'date-time',
  pattern: 'Z$',
  description: 'A moment in UTC.',
  examples: ['2026-11-20T10:00:00.000Z'],
};
const currency = { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217.', examples: ['EUR'] };
const orNull = (schema: JsonObject & { readonly type: string }): JsonObject => ({
  ...schema,
  type: [schema.type, 'null'],
});

const object = (required: readonly string[], properties: JsonObject): JsonObject & { readonly type: 'object' } => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties,
});

const money = object(['amount', 'currency'], { amount: decimal, currency });
const address = object([], {
  line1: text,
  line2: text,
  city: text,
  region: text,
  postal_code: text,
  country_code: { type: ['string', 'null'], pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.' },
});
const line = object(['line_no', 'quantity', 'unit_price', 'amount'], {
  line_no: { type: 'integer', minimum: 1 },
  product_id: orNull(id),
  sku: text,
  description: text,
  quantity: decimal,
  unit_price: decimal,
  tax_code: text,
  amount: decimal,
});
const lines: JsonObject = { type: 'array', items: line, maxItems: 5_000 };

const base: JsonObject = {
  id,
  status: { type: 'string', enum: ['active', 'inactive', 'deleted'] },
  updated_at: instant,
};
const record = (required: readonly string[], properties: JsonObject): JsonObject & { readonly type: 'object' } =>
  object(['id', ...required], { ...base, ...properties });

const customer = record(['display_name'], {
  kind: { type: 'string', enum: ['business', 'person'] },
  display_name: name,
  legal_name: text,
  given_name: text,
  family_name: text,
  email: text,
  phone: text,
  website: text,
  tax_id: text,
  account_number: text,
  billing: orNull(address),
  shipping: orNull(address),
  currency: orNull(currency),
  terms_days: { type: ['integer', 'null'], minimum: 0 },
  credit_limit: orNull(money),
  notes: text,
});

const nullableMoney = orNull(money);

const schemas: Readonly<Record<CanonicalType, JsonObject>> = {
  customer,
  contact: record(['family_name'], {
    customer_id: orNull(id),
    given_name: text,
    family_name: name,
    email: text,
    phone: text,
    title: text,
  }),
  vendor: record(['display_name'], {
    display_name: name,
    legal_name: text,
    email: text,
    phone: text,
    tax_id: text,
    account_number: text,
    billing: orNull(address),
    currency: orNull(currency),
  }),
  invoice: record(['customer_id', 'issue_date', 'currency', 'lines', 'total'], {
    number: text,
    customer_id: id,
    issue_date: date,
    due_date: orNull(date),
    currency,
    lines,
    tax_total: nullableMoney,
    total: money,
    balance: nullableMoney,
    state: { type: 'string', enum: ['draft', 'open', 'partly_paid', 'paid', 'void'] },
    po_number: text,
    memo: text,
  }),
  opportunity: record(['name', 'customer_id', 'stage', 'won', 'closed', 'close_date', 'lines'], {
    name,
    customer_id: orNull(id),
    stage: { type: 'string' },
    won: { type: 'boolean' },
    closed: { type: 'boolean' },
    close_date: date,
    currency: orNull(currency),
    amount: nullableMoney,
    lines,
    memo: text,
    customer,
  }),
  order: record(['customer_id', 'order_date', 'currency', 'lines'], {
    number: text,
    customer_id: id,
    order_date: date,
    currency,
    lines,
    total: nullableMoney,
    po_number: text,
  }),
  payment: record(['customer_id', 'date', 'amount', 'allocations'], {
    customer_id: id,
    date,
    amount: money,
    unapplied: nullableMoney,
    method: text,
    reference: text,
    allocations: {
      type: 'array',
      items: object(['invoice_id', 'amount'], { invoice_id: id, amount: decimal }),
      maxItems: 5_000,
    },
  }),
  product: record(['name'], {
    sku: text,
    name,
    description: text,
    type: { type: 'string', enum: ['service', 'inventory', 'non_inventory', 'bundle'] },
    unit_price: nullableMoney,
    cost: nullableMoney,
  }),
};

function titled(title: string, schema: JsonObject): JsonObject {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema };
}

/** JSON Schemas (draft 2020-12) of the hub's own model. What a schema cannot say is in `checkCanonical`. */
export const CANONICAL_SCHEMAS: Readonly<Record<CanonicalType, JsonObject>> = {
  customer: titled('Customer', schemas.customer),
  contact: titled('Contact', schemas.contact),
  invoice: titled('Invoice', schemas.invoice),
  payment: titled('Payment', schemas.payment),
  product: titled('Product', schemas.product),
  opportunity: titled('Opportunity', schemas.opportunity),
  vendor: titled('Vendor', schemas.vendor),
  order: titled('Order', schemas.order),
};
