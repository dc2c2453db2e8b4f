import { Inject, Injectable } from '@nestjs/common';
import {
  ALERT_RULES,
  findAlertRule,
  findRuleOverrides,
  listRuleOverrides,
  NO_OVERRIDES,
  saveRuleOverrides,
  type AlertRule,
  type RuleOverrides,
} from '@hub/alerts';
import { appendAudit, type AuditActor } from '@hub/audit';
import { err, notFound, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { toRuleResponse } from './alert.mapper';

/** A rule and what the tenant has set of it. */
export interface SetRule {
  readonly rule: AlertRule;
  readonly set: RuleOverrides;
}

/** What is undefined stays as it is. */
export type RuleChange = { readonly [Member in keyof RuleOverrides]?: RuleOverrides[Member] | undefined };

@Injectable()
export class AlertRulesService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  async list(tenantId: string): Promise<SetRule[]> {
    const set = await this.tenants.run(tenantId, listRuleOverrides);
    return ALERT_RULES.map((rule) => ({ rule, set: set.get(rule.id) ?? NO_OVERRIDES }));
  }

  async find(tenantId: string, id: string): Promise<Result<SetRule, Problem>> {
    const rule = findAlertRule(id);
    if (rule === undefined) return err(notFound('alert rule'));
    return ok({ rule, set: await this.tenants.run(tenantId, (tx) => findRuleOverrides(tx, id)) });
  }

  async update(tenantId: string, actor: AuditActor, id: string, change: RuleChange): Promise<Result<SetRule, Problem>> {
    const rule = findAlertRule(id);
    if (rule === undefined) return err(notFound('alert rule'));
    const faults = faultsOf(rule, change);
    if (faults.length > 0) return err(invalid(faults));
    return this.tenants
      .run(tenantId, async (tx) => {
        const before = await findRuleOverrides(tx, id);
        const wanted = { ...before, ...withoutUndefined(change) };
        if (!(await saveRuleOverrides(tx, id, wanted))) throw new UnknownChannel();
        const after = await findRuleOverrides(tx, id);
        await appendAudit(tx, {
          action: 'alert_rule.updated',
          actor,
          target: { type: 'alert_rule', id, name: rule.title },
          before: toRuleResponse(rule, before),
          after: toRuleResponse(rule, after),
        });
        return ok({ rule, set: after });
      })
      .catch((error: unknown) => {
        if (error instanceof UnknownChannel) return err(invalid([UNKNOWN_CHANNEL]));
        throw error;
      });
  }
}

/** Takes back what was written before it was noticed. */
class UnknownChannel extends Error {}

const UNKNOWN_CHANNEL: InputFault = {
  pointer: '/channel_ids',
  code: 'unknown_channel',
  message: 'There is no such channel',
};

function faultsOf(rule: AlertRule, change: RuleChange): InputFault[] {
  const faults: InputFault[] = [];
  const { threshold } = rule;
  if (change.threshold != null) {
    if (threshold === null)
      faults.push({ pointer: '/threshold', code: 'not_of_this_rule', message: 'The rule has no threshold' });
    else if (change.threshold < threshold.least || change.threshold > threshold.most)
      faults.push({
        pointer: '/threshold',
        code: 'out_of_range',
        message: `From ${threshold.least} to ${threshold.most} (${threshold.unit})`,
      });
  }
  if (change.leastVolume != null && rule.leastVolume === null)
    faults.push({ pointer: '/least_volume', code: 'not_of_this_rule', message: 'Volume plays no part in the rule' });
  return faults;
}

function invalid(faults: readonly InputFault[]): Problem {
  return problem('unprocessable', 'invalid_alert_rule', 'The rule cannot be set like this.', { faults });
}

function withoutUndefined(change: RuleChange): Partial<RuleOverrides> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
