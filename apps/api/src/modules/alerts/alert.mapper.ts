import {
  defaultSettings,
  effectiveSettings,
  findAlertRule,
  type AlertRow,
  type AlertRule,
  type ChannelRow,
  type NotificationRow,
  type RuleOverrides,
  type RuleSettings,
} from '@hub/alerts';
import { toPublicId } from '@hub/platform';
import {
  type AlertChannelResponse,
  type AlertNotificationListResponse,
  type AlertResponse,
  type AlertRuleResponse,
} from './dto/alert.response';

/** An alert as lists show it. */
export type AlertView = Omit<AlertResponse, 'notifications'>;
export type NotificationView = AlertNotificationListResponse['data'][number];

export function toAlertView(row: AlertRow): AlertView {
  const rule = findAlertRule(row.rule);
  return {
    id: toPublicId('alert', row.id),
    rule: row.rule,
    // A rule that a newer hub has no more keeps its alerts.
    rule_title: rule?.title ?? row.rule,
    status: row.phase === 'pending' ? 'open' : row.phase,
    severity: row.severity,
    title: row.title,
    advice: rule?.advice ?? '',
    connection:
      row.connection_id === null
        ? null
        : { id: toPublicId('connection', row.connection_id), name: row.connection_name ?? '' },
    value: row.details.value,
    value_unit: rule?.threshold?.unit ?? null,
    causes: row.details.causes.map(({ what, count, since }) => ({ what, count: count ?? null, since: since ?? null })),
    since: row.since.toISOString(),
    opened_at: timeOf(row.opened_at),
    acknowledged_at: timeOf(row.acknowledged_at),
    acknowledged_by: row.acknowledged_by,
    note: row.note,
    muted_until: timeOf(row.muted_until),
    told_at: timeOf(row.told_at),
    last_told_at: timeOf(row.last_told_at),
    resolved_at: timeOf(row.resolved_at),
    resolution: row.resolution,
  };
}

export function toNotificationView(row: NotificationRow): NotificationView {
  return {
    id: toPublicId('alertNotification', row.id),
    alert_id: row.alert_id === null ? null : toPublicId('alert', row.alert_id),
    channel: { id: toPublicId('alertChannel', row.channel_id), name: row.channel_name, kind: row.channel_kind },
    kind: row.kind,
    status: row.status,
    attempts: row.attempts,
    next_attempt_at: row.status === 'waiting' ? row.next_attempt_at.toISOString() : null,
    http_status: row.http_status,
    error: row.error,
    grouped_with: row.grouped_with,
    created_at: row.created_at.toISOString(),
    sent_at: timeOf(row.sent_at),
  };
}

export function toChannelResponse(row: ChannelRow): AlertChannelResponse {
  return {
    id: toPublicId('alertChannel', row.id),
    name: row.name,
    kind: row.kind,
    recipients: row.recipients,
    host: row.target_host,
    least_severity: row.least_severity,
    enabled: row.enabled,
    last_sent_at: timeOf(row.last_sent_at),
    last_failure_at: timeOf(row.last_failure_at),
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toRuleResponse(rule: AlertRule, set: RuleOverrides): AlertRuleResponse {
  const { unit, least, most, meaning } = rule.threshold ?? {};
  const bounds =
    unit === undefined || least === undefined || most === undefined || meaning === undefined
      ? null
      : { unit, least, most, meaning };
  return {
    id: rule.id,
    title: rule.title,
    description: rule.description,
    advice: rule.advice,
    threshold_bounds: bounds,
    defaults: settingsView(rule, defaultSettings(rule)),
    ...settingsView(rule, effectiveSettings(rule, set)),
    channel_ids: set.channelIds?.map((id) => toPublicId('alertChannel', id)) ?? null,
    customized: Object.entries(MEMBERS).flatMap(([member, name]) => (set[name] === null ? [] : [member])),
  };
}

const MEMBERS = {
  enabled: 'enabled',
  threshold: 'threshold',
  least_volume: 'leastVolume',
  for_seconds: 'forSeconds',
  repeat_seconds: 'repeatSeconds',
  severity: 'severity',
  channel_ids: 'channelIds',
} as const satisfies Readonly<Record<string, keyof RuleOverrides>>;

function settingsView(rule: AlertRule, settings: RuleSettings): AlertRuleResponse['defaults'] {
  return {
    enabled: settings.enabled,
    threshold: rule.threshold === null ? null : settings.threshold,
    least_volume: rule.leastVolume === null ? null : settings.leastVolume,
    for_seconds: settings.forSeconds,
    repeat_seconds: settings.repeatSeconds,
    severity: settings.severity,
  };
}

function timeOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
