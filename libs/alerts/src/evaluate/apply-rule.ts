import { newUuid, toPublicId } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { insertNotification } from '../notify/notification.repository';
import { type AlertRule, type Observation, type RuleSettings, type Signals } from '../rules/rule.types';
import { lookAgain, type AlertState, type Step } from '../state/alert-state';
import { bounded, type Extent } from '../state/extent';
import { deletePendingAlert, insertAlert, updateAlert } from '../store/alert.repository';
import { type AlertDetails, type AlertMessage, type AlertRow } from '../store/alert.types';
import { type RuleOverrides } from '../store/rule-settings.repository';
import { channelsFor, type Recipients } from './recipients';

export interface RuleLook {
  readonly rule: AlertRule;
  readonly settings: RuleSettings;
  readonly set: RuleOverrides;
  readonly signals: Signals;
  /** Episodes of this rule that go on. */
  readonly current: readonly AlertRow[];
  readonly mutes: ReadonlyMap<string, Date>;
  readonly recipients: Recipients;
  /** Channels that were told of an alert, by the alert's id. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  readonly now: Date;
}

const WORSE_EVERY_MS = 5 * 60_000;

/** Moves the alerts of one rule on. @returns how many notices are to be sent */
export async function applyRule(tx: TenantTx, look: RuleLook): Promise<number> {
  const observed = new Map(look.signals.found.map((observation) => [observation.subject, observation]));
  const current = new Map(look.current.map((alert) => [alert.subject, alert]));
  let told = 0;
  for (const subject of new Set([...observed.keys(), ...current.keys()])) {
    const observation = observed.get(subject);
    const before = current.get(subject);
    // What could not be looked at is neither better nor worse.
    if (observation === undefined && !look.signals.complete && look.settings.enabled) continue;
    told += await applySubject(tx, look, before, observation, subject);
  }
  return told;
}

async function applySubject(
  tx: TenantTx,
  look: RuleLook,
  before: AlertRow | undefined,
  observation: Observation | undefined,
  subject: string,
): Promise<number> {
  const channels = channelsFor(look.recipients, look.set, look.settings.severity);
  const step = lookAgain(
    before === undefined ? null : stateOf(before),
    {
      now: look.now.getTime(),
      active: observation !== undefined,
      extent: extentOf(observation),
      complete: look.signals.complete,
      agedOut: look.signals.agedOut.includes(subject),
      enabled: look.settings.enabled,
      heard: channels.length > 0,
      mutedUntil: look.mutes.get(`${look.rule.id} ${subject}`)?.getTime() ?? null,
    },
    {
      forMs: look.settings.forSeconds * 1_000,
      clearAfterMs: look.rule.clearAfterSeconds * 1_000,
      repeatMs: look.settings.repeatSeconds * 1_000,
      worseMs: WORSE_EVERY_MS,
    },
  );
  if (step.next === null) {
    if (before !== undefined) await deletePendingAlert(tx, before.id);
    return 0;
  }
  const after = rowOf(look, before, observation, subject, step);
  if (before === undefined) await insertAlert(tx, after);
  else if (hasChanged(before, after)) await updateAlert(tx, after);
  return tell(tx, look, after, step, channels);
}

type Written = Omit<AlertRow, 'acknowledged_at' | 'acknowledged_by' | 'note'>;

function rowOf(
  look: RuleLook,
  before: AlertRow | undefined,
  observation: Observation | undefined,
  subject: string,
  { next, resolution }: Step,
): Written {
  if (next === null) throw new Error('an episode that is none has no row');
  // Of what is over, the last that was seen of it stays.
  const words =
    observation === undefined
      ? { title: before?.title ?? look.rule.title, details: before?.details ?? { causes: [], value: null } }
      : { title: observation.title, details: detailsOf(observation) };
  const isOver = next.phase === 'resolved';
  return {
    id: before?.id ?? newUuid(),
    rule: look.rule.id,
    subject,
    connection_id: before?.connection_id ?? observation?.connection?.id ?? null,
    connection_name: observation?.connection?.name ?? before?.connection_name ?? null,
    phase: next.phase,
    severity: isOver ? (before?.severity ?? look.settings.severity) : look.settings.severity,
    ...words,
    since: new Date(next.since),
    opened_at: dateOf(next.openedAt),
    muted_until: dateOf(next.mutedUntil),
    clear_since: dateOf(next.clearSince),
    resolved_at: isOver ? look.now : null,
    resolution,
    told_at: dateOf(next.toldAt),
    last_told_at: dateOf(next.lastToldAt),
    known: next.known,
    worse_since: dateOf(next.worseSince),
  };
}

function extentOf(observation: Observation | undefined): Extent | null {
  return observation?.kinds === undefined ? null : { kinds: observation.kinds, value: observation.value };
}

function detailsOf(observation: Observation): AlertDetails {
  const { causes, value, witness } = observation;
  const extent = extentOf(observation);
  return {
    causes,
    value,
    ...(extent === null ? {} : { kinds: bounded(extent).kinds }),
    ...(witness === undefined ? {} : { witness }),
  };
}

/**
 * One notice for each channel, waiting in the same transaction. Who was not told that it is open, because the channel is
 * new, was off or was set otherwise, is told that first. The end goes wherever the beginning may have gone.
 */
async function tell(
  tx: TenantTx,
  look: RuleLook,
  alert: Written,
  { tell: telling, news }: Step,
  channels: readonly string[],
): Promise<number> {
  const told = look.told.get(alert.id) ?? new Set<string>();
  const newcomers = isToBeKnown(alert, look.now) ? channels.filter((channelId) => !told.has(channelId)) : [];
  const others = telling === null ? [] : telling === 'resolved' ? await addressed(tx, alert.id) : channels;
  const message = messageOf(look, alert, news);
  for (const channelId of newcomers)
    await insertNotification(tx, { alertId: alert.id, channelId, kind: 'triggered', message });
  const knowing = others.filter((channelId) => !newcomers.includes(channelId));
  for (const channelId of knowing)
    await insertNotification(tx, { alertId: alert.id, channelId, kind: telling ?? 'triggered', message });
  return newcomers.length + knowing.length;
}

/** Nobody has it in hand, wants quiet, or sees it end. */
function isToBeKnown({ phase, told_at, muted_until, clear_since }: Written, now: Date): boolean {
  return phase === 'open' && told_at !== null && clear_since === null && (muted_until === null || muted_until <= now);
}

async function addressed(tx: TenantTx, alertId: string): Promise<string[]> {
  const rows = await tx.query<{ channel_id: string }>(
    `select distinct channel_id from alert_notifications where tenant_id = $1 and alert_id = $2 order by 1`,
    [tx.tenantId, alertId],
    'addressed_channels',
  );
  return rows.map((row) => row.channel_id);
}

function messageOf({ rule, recipients }: RuleLook, alert: Written, news: readonly string[]): AlertMessage {
  return {
    alert: toPublicId('alert', alert.id),
    rule: rule.id,
    rule_title: rule.title,
    severity: alert.severity,
    title: alert.title,
    advice: rule.advice,
    tenant: recipients.tenant,
    connection:
      alert.connection_id === null
        ? null
        : { id: toPublicId('connection', alert.connection_id), name: alert.connection_name ?? '' },
    causes: alert.details.causes,
    news,
    opened_at: (alert.opened_at ?? alert.since).toISOString(),
    resolved_at: alert.resolved_at?.toISOString() ?? null,
    resolution: alert.resolution,
  };
}

function stateOf(alert: AlertRow): AlertState {
  return {
    phase: alert.phase,
    since: alert.since.getTime(),
    openedAt: alert.opened_at?.getTime() ?? null,
    clearSince: alert.clear_since?.getTime() ?? null,
    mutedUntil: alert.muted_until?.getTime() ?? null,
    toldAt: alert.told_at?.getTime() ?? null,
    lastToldAt: alert.last_told_at?.getTime() ?? null,
    known: alert.known,
    worseSince: alert.worse_since?.getTime() ?? null,
  };
}

/** An alert that goes on as it was costs no write. */
function hasChanged(before: AlertRow, after: Written): boolean {
  const compared = (alert: Written): unknown[] => [
    alert.phase,
    alert.severity,
    alert.title,
    alert.details.value,
    alert.details.causes.map(({ what, count, since }) => [what, count, since]),
    alert.details.kinds,
    alert.details.witness,
    alert.known?.kinds,
    alert.known?.value,
    alert.worse_since,
    alert.clear_since,
    alert.told_at,
    alert.last_told_at,
  ];
  return JSON.stringify(compared(before)) !== JSON.stringify(compared(after));
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
