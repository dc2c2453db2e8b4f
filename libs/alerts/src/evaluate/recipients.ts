import { toPublicId } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { SEVERITIES, type Severity } from '../rules/rule.types';
import { type AlertRow } from '../store/alert.types';
import { type RuleOverrides } from '../store/rule-settings.repository';

interface Channel {
  readonly id: string;
  readonly leastSeverity: Severity;
}

/** Who may be told, and in whose name. */
export interface Recipients {
  readonly tenant: { readonly id: string; readonly name: string };
  readonly channels: readonly Channel[];
}

export async function loadRecipients(tx: TenantTx): Promise<Recipients> {
  const [tenant] = await tx.query<{ name: string }>(`select name from tenants where id = $1`, [tx.tenantId]);
  const channels = await tx.query<{ id: string; least_severity: Severity }>(
    `select id, least_severity from alert_channels where tenant_id = $1 and enabled and deleted_at is null order by id`,
    [tx.tenantId],
    'alert_recipients',
  );
  return {
    tenant: { id: toPublicId('tenant', tx.tenantId), name: tenant?.name ?? '' },
    channels: channels.map((row) => ({ id: row.id, leastSeverity: row.least_severity })),
  };
}

/** Channels that were told of each of these alerts, or are about to be. A message that a channel was off for told nobody. */
export async function listTold(tx: TenantTx, alerts: readonly AlertRow[]): Promise<Map<string, Set<string>>> {
  const ids = alerts.filter(({ told_at: toldAt }) => toldAt !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ alert_id: string; channels: string[] }>(
    `select alert_id, array_agg(distinct channel_id) as channels from alert_notifications
     where tenant_id = $1 and alert_id = any($2::uuid[]) and status <> 'discarded' group by alert_id`,
    [tx.tenantId, ids],
    'told_channels',
  );
  return new Map(rows.map((row) => [row.alert_id, new Set(row.channels)]));
}

/** Channels that an alert of this rule and severity goes to. */
export function channelsFor({ channels }: Recipients, set: RuleOverrides, severity: Severity): string[] {
  return channels
    .filter((channel) => set.channelIds === null || set.channelIds.includes(channel.id))
    .filter((channel) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(channel.leastSeverity))
    .map((channel) => channel.id);
}
