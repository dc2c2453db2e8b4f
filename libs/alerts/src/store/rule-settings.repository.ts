import { type TenantTx } from '@hub/tenancy';
import { defaultSettings } from '../rules/alert-rules';
import { type AlertRule, type RuleSettings, type Severity } from '../rules/rule.types';

/** Between two reminders, where there are any: tenants say whose mailbox they go to. */
export const LEAST_REPEAT_SECONDS = 300;

/** What a tenant has set of a rule; null is the hub's default. */
export interface RuleOverrides {
  readonly enabled: boolean | null;
  readonly threshold: number | null;
  readonly leastVolume: number | null;
  readonly forSeconds: number | null;
  readonly repeatSeconds: number | null;
  readonly severity: Severity | null;
  /** Null: every channel. */
  readonly channelIds: readonly string[] | null;
}

export const NO_OVERRIDES: RuleOverrides = {
  enabled: null,
  threshold: null,
  leastVolume: null,
  forSeconds: null,
  repeatSeconds: null,
  severity: null,
  channelIds: null,
};

interface Row extends Record<string, unknown> {
  rule: string;
  enabled: boolean | null;
  threshold: number | null;
  least_volume: number | null;
  for_seconds: number | null;
  repeat_seconds: number | null;
  severity: Severity | null;
  every_channel: boolean;
  channel_ids: string[];
}

const SELECT = `select r.rule, r.enabled, r.threshold, r.least_volume, r.for_seconds, r.repeat_seconds, r.severity, r.every_channel,
  array(select c.channel_id from alert_rule_channels c join alert_channels h on h.tenant_id = c.tenant_id and h.id = c.channel_id
        where c.tenant_id = r.tenant_id and c.rule = r.rule and h.deleted_at is null order by c.channel_id) as channel_ids
  from alert_rules r where r.tenant_id = $1`;

/** By rule; those that the tenant has left as they are have none. */
export async function listRuleOverrides(tx: TenantTx): Promise<Map<string, RuleOverrides>> {
  const rows = await tx.query<Row>(SELECT, [tx.tenantId], 'list_rule_overrides');
  return new Map(rows.map((row) => [row.rule, toOverrides(row)]));
}

export async function findRuleOverrides(tx: TenantTx, rule: string): Promise<RuleOverrides> {
  const [row] = await tx.query<Row>(`${SELECT} and r.rule = $2`, [tx.tenantId, rule], 'find_rule_overrides');
  return row === undefined ? NO_OVERRIDES : toOverrides(row);
}

/** @returns false when a channel is not there */
export async function saveRuleOverrides(tx: TenantTx, rule: string, overrides: RuleOverrides): Promise<boolean> {
  await tx.query(
    `insert into alert_rules (tenant_id, rule, enabled, threshold, least_volume, for_seconds, repeat_seconds, severity, every_channel)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, rule) do update set enabled = excluded.enabled, threshold = excluded.threshold,
       least_volume = excluded.least_volume, for_seconds = excluded.for_seconds, repeat_seconds = excluded.repeat_seconds,
       severity = excluded.severity, every_channel = excluded.every_channel, updated_at = now()`,
    [
      tx.tenantId,
      rule,
      overrides.enabled,
      overrides.threshold,
      overrides.leastVolume,
      overrides.forSeconds,
      overrides.repeatSeconds,
      overrides.severity,
      overrides.channelIds === null,
    ],
  );
  await tx.query(`delete from alert_rule_channels where tenant_id = $1 and rule = $2`, [tx.tenantId, rule]);
  const wanted = [...new Set(overrides.channelIds ?? [])];
  const found = await tx.query(
    `insert into alert_rule_channels (tenant_id, rule, channel_id)
     select $1, $2, id from alert_channels where tenant_id = $1 and id = any($3::uuid[]) and deleted_at is null returning channel_id`,
    [tx.tenantId, rule, wanted],
  );
  return found.length === wanted.length;
}

export function effectiveSettings(rule: AlertRule, overrides: RuleOverrides): RuleSettings {
  const defaults = defaultSettings(rule);
  return {
    enabled: overrides.enabled ?? defaults.enabled,
    threshold: overrides.threshold ?? defaults.threshold,
    leastVolume: overrides.leastVolume ?? defaults.leastVolume,
    forSeconds: overrides.forSeconds ?? defaults.forSeconds,
    repeatSeconds: repeatOf(overrides.repeatSeconds ?? defaults.repeatSeconds),
    severity: overrides.severity ?? defaults.severity,
  };
}

/** What was stored before there was such a bound is held to it, too. */
function repeatOf(seconds: number): number {
  return seconds === 0 ? 0 : Math.max(seconds, LEAST_REPEAT_SECONDS);
}

function toOverrides(row: Row): RuleOverrides {
  return {
    enabled: row.enabled,
    threshold: row.threshold,
    leastVolume: row.least_volume,
    forSeconds: row.for_seconds,
    repeatSeconds: row.repeat_seconds,
    severity: row.severity,
    channelIds: row.every_channel ? null : row.channel_ids,
  };
}
