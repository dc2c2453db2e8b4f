import { type Cause, type Severity } from '../rules/rule.types';
import { type AlertPhase, type Resolution, type Telling } from '../state/alert-state';
import { type Extent } from '../state/extent';

/** What people see of an alert; `pending` ones they do not. */
export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

export interface AlertDetails {
  readonly causes: readonly Cause[];
  readonly value: number | null;
  /** Of rules that tell how far a trouble goes. */
  readonly kinds?: readonly string[];
  readonly witness?: string;
}

export interface AlertRow {
  id: string;
  rule: string;
  subject: string;
  connection_id: string | null;
  connection_name: string | null;
  phase: AlertPhase;
  severity: Severity;
  title: string;
  details: AlertDetails;
  since: Date;
  opened_at: Date | null;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  note: string | null;
  muted_until: Date | null;
  clear_since: Date | null;
  resolved_at: Date | null;
  resolution: Resolution | null;
  told_at: Date | null;
  last_told_at: Date | null;
  /** How far it went, as told or acknowledged. */
  known: Extent | null;
  worse_since: Date | null;
}

export interface AlertFilter {
  readonly status?: AlertStatus | undefined;
  readonly rule?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly connectionId?: string | undefined;
}

export const NOTIFICATION_STATUSES = ['waiting', 'sent', 'failed', 'discarded'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** Beside what a look tells: that somebody has acknowledged it, and a test. */
export type NotificationKind = Telling | 'acknowledged' | 'test';
export const NOTIFICATION_KINDS = [
  'triggered',
  'worse',
  'reminder',
  'acknowledged',
  'resolved',
  'test',
] as const satisfies readonly NotificationKind[];

/** What a message says, whatever channel it goes to. Decided with the alert and never worked out anew. */
export interface AlertMessage {
  /** Public id of the alert: the thread that messages belong to. */
  readonly alert: string;
  readonly rule: string;
  readonly rule_title: string;
  readonly severity: Severity;
  readonly title: string;
  readonly advice: string;
  readonly tenant: { readonly id: string; readonly name: string };
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly causes: readonly Cause[];
  /** What nobody had been told before, in words; empty for the first message and the last. */
  readonly news: readonly string[];
  readonly opened_at: string;
  readonly resolved_at: string | null;
  readonly resolution: Resolution | null;
}

/** What one message is made of: several where it is about several alerts. */
export type AlertMessages = readonly [AlertMessage, ...AlertMessage[]];

export interface NotificationRow {
  id: string;
  alert_id: string | null;
  channel_id: string;
  channel_name: string;
  channel_kind: string;
  kind: NotificationKind;
  status: NotificationStatus;
  attempts: number;
  next_attempt_at: Date;
  http_status: number | null;
  error: { readonly code: string; readonly message: string } | null;
  /** Notices that are one message with it, beside itself. */
  grouped_with: number;
  created_at: Date;
  sent_at: Date | null;
}
