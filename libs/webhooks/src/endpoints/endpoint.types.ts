import { type JsonObject } from '@hub/platform';

/** `user`: a person has switched it off. `failing`: every attempt failed for days. `gone`: it answered 410. */
export const DISABLED_REASONS = ['user', 'failing', 'gone'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export interface EndpointRow {
  id: string;
  connection_id: string;
  route_id: string;
  url: string;
  description: string;
  event_types: string[];
  connection_ids: string[] | null;
  header_names: string[];
  previous_secret_until: Date | null;
  disabled_reason: DisabledReason | null;
  disabled_at: Date | null;
  created_at: Date;
  updated_at: Date;
  /** Of the connection beneath, whose secrets are changed by revision. */
  revision: number;
  /** Of the first failure since the last success. */
  failing_since: Date | null;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_error: JsonObject | null;
  /** When sending goes on, while the breaker or the receiver's own wait holds it back. */
  resume_at: Date | null;
}

export interface NewEndpoint {
  readonly id: string;
  readonly connectionId: string;
  readonly routeId: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly connectionIds: readonly string[] | null;
  readonly headerNames: readonly string[];
}

/** What is absent stays as it is. */
export interface EndpointChange {
  readonly description?: string;
  readonly eventTypes?: readonly string[];
  readonly connectionIds?: readonly string[] | null;
  readonly headerNames?: readonly string[];
  readonly previousSecretUntil?: Date | null;
}
