import { z } from 'zod';
import { ControlError } from '../../../kernel/control-plane';
import { putPeriods } from '../data/seed-records';
import { type AccountSettings, type NetSuiteAccount } from '../netsuite.account';
import { DATE_FORMATS, isIsoDate, UserTime } from '../netsuite.time';
import { type NetSuiteState } from '../netsuite.state';

const duration = z
  .number()
  .int()
  .min(0)
  .max(30 * 24 * 3_600_000);
const realDelay = z.number().int().min(0).max(120_000);
const names = z.array(z.string());
const CUSTOM_FIELD = z.strictObject({
  record_type: z.string(),
  name: z.string().regex(/^cust(entity|body|item)_[a-z0-9_]+$/),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date']).default('string'),
  title: z.string().optional(),
});

export const SETTINGS = z.strictObject({
  account: z.string().optional(),
  auto_approve: z.boolean().optional(),
  concurrency_limit: z.number().int().min(0).max(1_000).optional(),
  background_concurrency: z.number().int().min(0).max(1_000).optional(),
  over_limit: z.enum(['reject', 'invalid_login']).optional(),
  over_limit_hold_ms: realDelay.optional(),
  write_delay_ms: realDelay.optional(),
  read_delay_ms: realDelay.optional(),
  lock_conflicts: z.boolean().optional(),
  visibility_lag_ms: duration.optional(),
  error_codes: z.enum(['flat', 'specific']).optional(),
  auto_numbering: z.boolean().optional(),
  closed_through: z.string().refine(isIsoDate, 'must be a date').optional(),
  time_zone: z.string().optional(),
  date_format: z.enum(DATE_FORMATS).optional(),
  suiteql_minute_precision: z.boolean().optional(),
  unstable_order: z.boolean().optional(),
  float_noise: z.boolean().optional(),
  denied_record_types: names.optional(),
  suiteql_permission: z.boolean().optional(),
  disabled_roles: names.optional(),
  tba_enabled: z.boolean().optional(),
  refresh_token_lifetime_ms: duration.optional(),
  async_step_ms: duration.optional(),
  custom_fields: z.array(CUSTOM_FIELD).optional(),
  hidden_fields: names.optional(),
  required_fields: names.optional(),
  off_form_fields: names.optional(),
});
export type WantedSettings = Omit<z.infer<typeof SETTINGS>, 'account' | 'auto_approve'>;

/** @throws ControlError 400 for what the account has not, so that no test relies on a switch that does nothing */
export function changeSettings(account: NetSuiteAccount, wanted: WantedSettings): void {
  const changes: { [K in keyof AccountSettings]: AccountSettings[K] | undefined } = {
    concurrencyLimit: wanted.concurrency_limit,
    backgroundConcurrency: wanted.background_concurrency,
    overLimit: wanted.over_limit,
    overLimitHoldMs: wanted.over_limit_hold_ms,
    writeDelayMs: wanted.write_delay_ms,
    readDelayMs: wanted.read_delay_ms,
    lockConflicts: wanted.lock_conflicts,
    visibilityLagMs: wanted.visibility_lag_ms,
    errorCodes: wanted.error_codes,
    autoNumbering: wanted.auto_numbering,
    closedThrough: wanted.closed_through,
    timeZone: wanted.time_zone,
    dateFormat: wanted.date_format,
    suiteQlMinutePrecision: wanted.suiteql_minute_precision,
    unstableOrder: wanted.unstable_order,
    floatNoise: wanted.float_noise,
    deniedRecordTypes: wanted.denied_record_types,
    suiteQlPermission: wanted.suiteql_permission,
    disabledRoles: wanted.disabled_roles,
    tbaEnabled: wanted.tba_enabled,
    refreshTokenLifetimeMs: wanted.refresh_token_lifetime_ms,
    asyncStepMs: wanted.async_step_ms,
    customFields: wanted.custom_fields?.map(({ record_type, ...field }) => ({ recordType: record_type, ...field })),
    hiddenFields: wanted.hidden_fields,
    requiredFields: wanted.required_fields,
    offFormFields: wanted.off_form_fields,
  };
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  checkNames(account, wanted);
  account.change(given);
  if (wanted.closed_through !== undefined) putPeriods(account);
}

function checkNames(account: NetSuiteAccount, wanted: WantedSettings): void {
  const types = [
    ...(wanted.denied_record_types ?? []),
    ...(wanted.custom_fields ?? []).map((field) => field.record_type),
  ];
  for (const name of types) {
    if (account.schema.type(name)?.name !== name) throw new ControlError(400, `no such record type: ${name}`);
  }
  for (const path of [wanted.hidden_fields, wanted.required_fields, wanted.off_form_fields].flatMap(
    (list) => list ?? [],
  )) {
    const [type = '', field = ''] = path.split('.');
    const isNew = wanted.custom_fields?.some(({ record_type, name }) => record_type === type && name === field);
    // A field that is hidden already may stay named.
    const isKnown = account.schema.type(type)?.byName.has(field) || account.settings.hiddenFields.includes(path);
    if (!isKnown && !isNew) throw new ControlError(400, `no such field: ${path}`);
  }
  const roles = account.users.map(({ roleName }) => roleName);
  for (const role of wanted.disabled_roles ?? []) {
    if (!roles.includes(role)) throw new ControlError(400, `no such role: ${role}`);
  }
  if (wanted.time_zone === undefined) return;
  try {
    new UserTime(wanted.time_zone, account.settings.dateFormat);
  } catch {
    throw new ControlError(400, `no such time zone: ${wanted.time_zone}`);
  }
}

export function showSettings(state: NetSuiteState): object {
  return {
    auto_approve: state.pages.autoApprove,
    accounts: state.accounts.map(({ id, settings }) => ({ account: id, ...settings })),
  };
}
