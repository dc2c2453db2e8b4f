import { z } from 'zod';
import { ControlError } from '../../../kernel/control-plane';
import { type ApiContext } from '../salesforce.context';
import { Rejection } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { type OrgSettings, type SalesforceOrg } from '../salesforce.org';
import { type SalesforceState } from '../salesforce.state';
import { conditionTest } from '../soql/soql-engine';
import { asColleague } from './as-colleague';

const duration = z
  .number()
  .int()
  .min(0)
  .max(7 * 24 * 3_600_000);
const realDelay = z.number().int().min(0).max(60_000);
const names = z.array(z.string());
const ids = z.array(z.string().transform((id) => sfId18(id) ?? id));
const DUPLICATE_RULE = z.strictObject({
  object: z.string(),
  name: z.string().optional(),
  fields: names.min(1),
  action: z.enum(['alert', 'block']).default('alert'),
  message: z.string().default('Use one of these records?'),
});
const VALIDATION_RULE = z.strictObject({
  object: z.string(),
  when: z.string(),
  message: z.string(),
  field: z.string().optional(),
});
const AUTOMATION = z.strictObject({
  object: z.string(),
  name: z.string().regex(/^\w+$/).optional(),
  kind: z.enum(['trigger', 'flow']).default('trigger'),
  when: z.string().optional(),
  meets: z.enum(['locked_row', 'error']),
  times: z.number().int().min(1).max(1_000_000).default(1_000_000),
});

export const SETTINGS = z.strictObject({
  org: z.string().optional(),
  refresh_token_rotation: z.boolean().optional(),
  session_lifetime_ms: duration.optional(),
  visibility_lag_ms: duration.optional(),
  lock_hold_ms: realDelay.optional(),
  query_page_size: z.number().int().min(1).max(2_000).optional(),
  daily_api_limit: z.number().int().min(0).optional(),
  unique_external_ids: z.boolean().optional(),
  hidden_fields: names.optional(),
  bulk_step_ms: duration.optional(),
  multi_currency: z.boolean().optional(),
  api_access: z.enum(['enabled', 'disabled_for_org', 'disabled_for_user']).optional(),
  concurrent_call_limit: z.number().int().min(0).max(1_000).optional(),
  long_call_ms: realDelay.optional(),
  background_long_calls: z.number().int().min(0).max(1_000).optional(),
  call_delay_ms: realDelay.optional(),
  data_storage_mb: z.number().min(0).max(1_000_000).optional(),
  duplicate_rules: z.array(DUPLICATE_RULE).optional(),
  validation_rules: z.array(VALIDATION_RULE).optional(),
  automations: z.array(AUTOMATION).optional(),
  read_only_objects: names.optional(),
  read_only_records: ids.optional(),
  hidden_records: ids.optional(),
  /** Pretends that so many calls were made already. */
  api_usage: z.number().int().min(0).optional(),
  auto_approve: z.boolean().optional(),
  my_domain_urls: z.boolean().optional(),
});
export type WantedSettings = Omit<z.infer<typeof SETTINGS>, 'org'>;

/** @throws ControlError 400 for what the org has not, so that no test relies on a switch that does nothing */
export function changeSettings(state: SalesforceState, orgs: readonly SalesforceOrg[], wanted: WantedSettings): void {
  for (const org of orgs) {
    const before = org.settings;
    org.change(settingsOf(wanted));
    try {
      checkNames(org);
    } catch (error) {
      org.change(before);
      throw error;
    }
    if (wanted.api_usage !== undefined) org.usage.set(wanted.api_usage);
  }
  if (wanted.auto_approve !== undefined) state.pages.autoApprove = wanted.auto_approve;
  if (wanted.my_domain_urls !== undefined) state.myDomainUrls = wanted.my_domain_urls;
}

function settingsOf(wanted: WantedSettings): Partial<OrgSettings> {
  const changes: { [K in keyof OrgSettings]: OrgSettings[K] | undefined } = {
    refreshTokenRotation: wanted.refresh_token_rotation,
    sessionLifetimeMs: wanted.session_lifetime_ms,
    visibilityLagMs: wanted.visibility_lag_ms,
    lockHoldMs: wanted.lock_hold_ms,
    queryPageSize: wanted.query_page_size,
    dailyApiLimit: wanted.daily_api_limit,
    uniqueExternalIds: wanted.unique_external_ids,
    hiddenFields: wanted.hidden_fields,
    bulkStepMs: wanted.bulk_step_ms,
    multiCurrency: wanted.multi_currency,
    apiAccess: wanted.api_access,
    concurrentCallLimit: wanted.concurrent_call_limit,
    longCallMs: wanted.long_call_ms,
    backgroundLongCalls: wanted.background_long_calls,
    callDelayMs: wanted.call_delay_ms,
    dataStorageMb: wanted.data_storage_mb,
    duplicateRules: wanted.duplicate_rules?.map(({ name, ...rule }) => ({
      ...rule,
      name: name ?? `${rule.object}_Rule`,
    })),
    validationRules: wanted.validation_rules?.map((rule) => ({ ...rule, field: rule.field })),
    automations: wanted.automations?.map(({ times, name, when, ...automation }) => ({
      ...automation,
      when,
      name: name ?? `${automation.object}Automation`,
      remaining: times,
    })),
    readOnlyObjects: wanted.read_only_objects,
    readOnlyRecords: wanted.read_only_records,
    hiddenRecords: wanted.hidden_records,
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function checkNames(org: SalesforceOrg): void {
  const { duplicateRules, validationRules, automations, readOnlyObjects, readOnlyRecords, hiddenRecords } =
    org.settings;
  const context = asColleague(org);
  for (const { object, fields } of duplicateRules) for (const field of fields) requireField(org, object, field);
  for (const { object, field, when } of validationRules) {
    if (field !== undefined) requireField(org, object, field);
    requireCondition(context, object, when);
  }
  for (const { object, when } of automations) requireCondition(context, object, when ?? 'Id = null');
  for (const object of readOnlyObjects) requireField(org, object, 'Id');
  for (const id of [...readOnlyRecords, ...hiddenRecords]) {
    if (!org.store.get(org.schema.objectOfId(id)?.name ?? '', id)) throw new ControlError(400, `no such record: ${id}`);
  }
}

function requireField(org: SalesforceOrg, objectName: string, name: string): void {
  const object = org.schema.object(objectName);
  if (object?.name !== objectName) throw new ControlError(400, `no such object: ${objectName}`);
  if (object.byName.get(name.toLowerCase())?.name !== name) {
    throw new ControlError(400, `no such field: ${objectName}.${name}`);
  }
}

function requireCondition(context: ApiContext, objectName: string, when: string): void {
  requireField(context.org, objectName, 'Id');
  const object = context.org.schema.object(objectName);
  try {
    if (object) conditionTest(context, object, when);
  } catch (error) {
    if (error instanceof Rejection) throw new ControlError(400, JSON.stringify(error.items));
    throw error;
  }
}

export function showSettings(state: SalesforceState): object {
  return {
    auto_approve: state.pages.autoApprove,
    my_domain_urls: state.myDomainUrls,
    orgs: state.orgs.map(({ id, settings, usage }) => ({ org: id, api_usage: usage.used(), ...settings })),
  };
}
