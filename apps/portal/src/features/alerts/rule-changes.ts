import { type AlertRule, type UpdateAlertRuleRequest } from '@hub/api-client';

/** What can be set of a rule. */
export type RuleValues = Pick<
  AlertRule,
  'enabled' | 'threshold' | 'least_volume' | 'for_seconds' | 'repeat_seconds' | 'severity' | 'channel_ids'
>;

const MEMBERS = [
  'enabled',
  'threshold',
  'least_volume',
  'for_seconds',
  'repeat_seconds',
  'severity',
  'channel_ids',
] as const satisfies readonly (keyof RuleValues)[];

/** What to send: the members that were changed. One that is set to the hub's own figure follows it from then on. */
export function changesTo(rule: RuleValues & Pick<AlertRule, 'defaults'>, wanted: RuleValues): UpdateAlertRuleRequest {
  const defaults: Partial<RuleValues> = { ...rule.defaults, channel_ids: null };
  const changed = MEMBERS.filter((name) => !isSame(rule[name], wanted[name])).map(
    (name) => [name, isSame(wanted[name], defaults[name]) ? null : wanted[name]] as const,
  );
  return Object.fromEntries(changed);
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
