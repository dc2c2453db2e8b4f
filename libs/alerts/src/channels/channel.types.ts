import { type JsonObject, type Problem, type Result } from '@hub/platform';
import { type Severity } from '../rules/rule.types';

export const CHANNEL_KINDS = ['email', 'slack', 'pagerduty', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A channel without its secrets: what lists, the API and logs may hold. */
export interface ChannelRow {
  id: string;
  name: string;
  kind: ChannelKind;
  recipients: string[];
  /** Of the address that is posted to, which itself is a secret. */
  target_host: string | null;
  least_severity: Severity;
  enabled: boolean;
  last_sent_at: Date | null;
  last_failure_at: Date | null;
  last_error: { readonly code: string; readonly message: string } | null;
  created_at: Date;
  updated_at: Date;
}

export interface SealedSecret {
  readonly sealed: string;
  readonly keyId: string;
}

/** Seals and opens what a channel must not show. Bound to tenant and channel: a text that is moved does not open. */
export interface ChannelSecrets {
  seal(tenantId: string, channelId: string, secret: JsonObject): Promise<Result<SealedSecret, Problem>>;
  open(tenantId: string, channelId: string, secret: SealedSecret): Promise<Result<JsonObject, Problem>>;
}

/** What is sealed, by kind: `url` of Slack, PagerDuty and webhook, `routing_key` of PagerDuty, `signing_secret` of webhook. */
export interface ChannelSecret {
  readonly url?: string;
  readonly routing_key?: string;
  readonly signing_secret?: string;
}
