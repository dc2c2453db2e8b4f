/**
 * The hub's own model of the records that businesses exchange: what every vendor's records become on the way in, and what
 * ready-made mappings start from on the way out.
 *
 * Money and quantities are decimal strings, never floats. Dates (`2026-11-20`, no zone) and instants (`…Z`) are different
 * types. A member that is absent was not said by the source; `null` means that the source says it is empty.
 */
export const CANONICAL_TYPES = [
  'customer',
  'contact',
  'invoice',
  'payment',
  'product',
  'opportunity',
  'vendor',
  'order',
] as const;
export type CanonicalType = (typeof CANONICAL_TYPES)[number];

/** `-12.5`: no exponent, no thousands separator. */
export type Decimal = string;
/** `2026-11-20`. */
export type IsoDate = string;
/** `2026-11-20T10:00:00.000Z`. */
export type Instant = string;
/** ISO 4217, `EUR`. */
export type Currency = string;

export interface Money {
  readonly amount: Decimal;
  readonly currency: Currency;
}

export interface Address {
  readonly line1?: string | null;
  readonly line2?: string | null;
  readonly city?: string | null;
  readonly region?: string | null;
  readonly postal_code?: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country_code?: string | null;
}

/** Of the system that the record comes from: what `$link` looks the other systems' ids up with. */
export interface CanonicalBase {
  /** Id at the source. */
  readonly id: string;
  readonly status?: 'active' | 'inactive' | 'deleted';
  readonly updated_at?: Instant | null;
}

export interface CanonicalContact extends CanonicalBase {
  readonly customer_id?: string | null;
  readonly given_name?: string | null;
  readonly family_name: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly title?: string | null;
}

export interface CanonicalCustomer extends CanonicalBase {
  readonly kind?: 'business' | 'person';
  readonly display_name: string;
  readonly legal_name?: string | null;
  readonly given_name?: string | null;
  readonly family_name?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly website?: string | null;
  readonly tax_id?: string | null;
  readonly account_number?: string | null;
  readonly billing?: Address | null;
  readonly shipping?: Address | null;
  readonly currency?: Currency | null;
  readonly terms_days?: number | null;
  readonly credit_limit?: Money | null;
  readonly notes?: string | null;
}

/** What the hub's model calls a supplier; the accounting systems say vendor. */
export interface CanonicalVendor extends CanonicalBase {
  readonly display_name: string;
  readonly legal_name?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly tax_id?: string | null;
  readonly account_number?: string | null;
  readonly billing?: Address | null;
  readonly currency?: Currency | null;
}

export interface CanonicalLine {
  readonly line_no: number;
  readonly product_id?: string | null;
  readonly sku?: string | null;
  readonly description?: string | null;
  readonly quantity: Decimal;
  readonly unit_price: Decimal;
  readonly tax_code?: string | null;
  readonly amount: Decimal;
}

export interface CanonicalInvoice extends CanonicalBase {
  readonly number?: string | null;
  readonly customer_id: string;
  readonly issue_date: IsoDate;
  readonly due_date?: IsoDate | null;
  readonly currency: Currency;
  readonly lines: readonly CanonicalLine[];
  readonly tax_total?: Money | null;
  readonly total: Money;
  readonly balance?: Money | null;
  readonly state?: 'draft' | 'open' | 'partly_paid' | 'paid' | 'void';
  readonly po_number?: string | null;
  readonly memo?: string | null;
}

/** A sale in the making: won, it becomes a customer, an invoice and an order elsewhere. */
export interface CanonicalOpportunity extends CanonicalBase {
  readonly name: string;
  readonly customer_id: string | null;
  readonly stage: string;
  readonly won: boolean;
  readonly closed: boolean;
  readonly close_date: IsoDate;
  readonly currency?: Currency | null;
  readonly amount?: Money | null;
  readonly lines: readonly CanonicalLine[];
  readonly memo?: string | null;
  /** The whole customer where the source delivers it with the opportunity. */
  readonly customer?: CanonicalCustomer;
}

export interface CanonicalOrder extends CanonicalBase {
  readonly number?: string | null;
  readonly customer_id: string;
  readonly order_date: IsoDate;
  readonly currency: Currency;
  readonly lines: readonly CanonicalLine[];
  readonly total?: Money | null;
  readonly po_number?: string | null;
}

export interface CanonicalPayment extends CanonicalBase {
  readonly customer_id: string;
  readonly date: IsoDate;
  readonly amount: Money;
  readonly unapplied?: Money | null;
  readonly method?: string | null;
  readonly reference?: string | null;
  readonly allocations: readonly { readonly invoice_id: string; readonly amount: Decimal }[];
}

export interface CanonicalProduct extends CanonicalBase {
  readonly sku?: string | null;
  readonly name: string;
  readonly description?: string | null;
  readonly type?: 'service' | 'inventory' | 'non_inventory' | 'bundle';
  readonly unit_price?: Money | null;
  readonly cost?: Money | null;
}
