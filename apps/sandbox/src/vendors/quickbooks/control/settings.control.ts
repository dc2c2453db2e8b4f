import { z } from 'zod';
import { ControlError } from '../../../kernel/control-plane';
import { type CompanySettings, type Company } from '../quickbooks.company';
import { isDate } from '../quickbooks.time';
import { isKnownCurrency } from '../data/entity-printer';
import { type QuickBooksState } from '../quickbooks.state';

const count = z.number().int().min(1).max(1_000_000);
const duration = z
  .number()
  .int()
  .min(0)
  .max(5 * 366 * 24 * 3_600_000);

/** Company settings go to the company named, or to both; the rest is the vendor's own. */
export const SETTINGS = z.strictObject({
  realm: z.string().optional(),
  multi_currency: z.boolean().optional(),
  home_currency: z.string().refine(isKnownCurrency, 'not a currency of this sandbox').optional(),
  custom_txn_numbers: z.boolean().optional(),
  warn_duplicate_doc_number: z.boolean().optional(),
  tax_model: z.enum(['us', 'global']).optional(),
  automated_sales_tax: z.boolean().optional(),
  sales_tax_percent: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,4})?$/)
    .optional(),
  book_close_date: z.string().refine(isDate, 'not a date').nullable().optional(),
  custom_field_names: z.array(z.string().min(1)).max(3).optional(),
  subscription: z.enum(['active', 'suspended']).optional(),
  display_name_max: z.number().int().min(1).max(500).optional(),
  visibility_lag_ms: duration.optional(),
  request_id_ttl_ms: duration.optional(),
  requests_per_minute: count.optional(),
  requests_per_second: count.optional(),
  concurrent_requests: count.optional(),
  batches_per_minute: count.optional(),
  throttle_status: z.union([z.literal(429), z.literal(403)]).optional(),
  retry_after_seconds: z.number().int().min(0).nullable().optional(),
  response_delay_ms: z.number().int().min(0).max(600_000).optional(),
  auth_error_format: z.enum(['json', 'xml']).optional(),
  access_token_lifetime_ms: duration.optional(),
  refresh_rotation_ms: duration.optional(),
  refresh_grace_ms: duration.optional(),
  auto_approve: z.boolean().optional(),
});

export function showSettings(state: QuickBooksState): object {
  const { accessTokenLifetimeMs, refreshRotationMs, refreshGraceMs } = state.oauth.settings;
  return {
    auto_approve: state.pages.autoApprove,
    access_token_lifetime_ms: accessTokenLifetimeMs,
    refresh_rotation_ms: refreshRotationMs,
    refresh_grace_ms: refreshGraceMs,
    companies: state.companies.map(({ realmId, account, settings }) => ({
      realm: realmId,
      slug: account.slug,
      ...settings,
    })),
  };
}

export function changeSettings(state: QuickBooksState, wanted: z.infer<typeof SETTINGS>): void {
  const changes: { [K in keyof CompanySettings]: CompanySettings[K] | undefined } = {
    multiCurrency: wanted.multi_currency,
    homeCurrency: wanted.home_currency,
    customTxnNumbers: wanted.custom_txn_numbers,
    warnDuplicateDocNumber: wanted.warn_duplicate_doc_number,
    taxModel: wanted.tax_model,
    automatedSalesTax: wanted.automated_sales_tax,
    salesTaxPercent: wanted.sales_tax_percent,
    bookCloseDate: wanted.book_close_date,
    customFieldNames: wanted.custom_field_names,
    subscription: wanted.subscription,
    displayNameMax: wanted.display_name_max,
    visibilityLagMs: wanted.visibility_lag_ms,
    requestIdTtlMs: wanted.request_id_ttl_ms,
    requestsPerMinute: wanted.requests_per_minute,
    requestsPerSecond: wanted.requests_per_second,
    concurrentRequests: wanted.concurrent_requests,
    batchesPerMinute: wanted.batches_per_minute,
    throttleStatus: wanted.throttle_status,
    retryAfterSeconds: wanted.retry_after_seconds,
    responseDelayMs: wanted.response_delay_ms,
    authErrorFormat: wanted.auth_error_format,
  };
  const given = defined(changes);
  if (Object.keys(given).length > 0) {
    const companies = wanted.realm === undefined ? state.companies : [findCompany(state, wanted.realm)];
    for (const company of companies) company.change(given);
  }
  const oauth = defined({
    accessTokenLifetimeMs: wanted.access_token_lifetime_ms,
    refreshRotationMs: wanted.refresh_rotation_ms,
    refreshGraceMs: wanted.refresh_grace_ms,
  });
  state.oauth.settings = { ...state.oauth.settings, ...oauth };
  if (wanted.auto_approve !== undefined) state.pages.autoApprove = wanted.auto_approve;
}

/** By realm id or short name; the first company when nothing is said. */
export function findCompany(state: QuickBooksState, name: string | undefined): Company {
  const company =
    name === undefined
      ? state.companies[0]
      : state.companies.find(({ realmId, account }) => realmId === name || account.slug === name);
  if (!company) throw new ControlError(404, 'no such company');
  return company;
}

export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
