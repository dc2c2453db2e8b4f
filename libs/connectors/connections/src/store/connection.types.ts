import { type JsonObject } from '@hub/platform';
import { type CredentialTimes } from './credential-times';

export const CONNECTION_STATUSES = ['active', 'paused', 'needs_reauth', 'disabled'] as const;
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

/** A connection without its secrets: what lists, the API and logs may hold. */
export interface ConnectionRow {
  id: string;
  name: string;
  connector_id: string;
  config: JsonObject;
  has_credentials: boolean;
  status: ConnectionStatus;
  /** Stable and snake_case, or null: `credentials_missing`, `paused_by_user`, a vendor's code. */
  status_reason: string | null;
  /** Counts up with every change of name, config or credentials; a change of status leaves it. */
  revision: number;
  /** The account at the vendor that the connection is signed in to; null before a person has signed in. */
  account_id: string | null;
  account_name: string | null;
  token_expires_at: Date | null;
  refresh_expires_at: Date | null;
  /** Refreshes that failed in a row without the vendor having ended the grant. */
  refresh_failures: number;
  auth_error: AuthError | null;
  /** The revision whose credentials the vendor has refused for good. */
  refused_revision: number | null;
  created_at: Date;
  updated_at: Date;
}

/** Why the last refresh failed, in words that carry no secret. */
export interface AuthError {
  readonly category: string;
  readonly code: string;
  readonly message: string;
}

/** Credentials as they are stored: sealed, and the data key that opens them. */
export interface SealedCredentials {
  readonly sealed: string;
  readonly keyId: string;
}

export interface NewConnection {
  /** UUIDv7 of the connection, made by the caller: credentials are sealed for this id before the row exists. */
  readonly id: string;
  readonly name: string;
  readonly connectorId: string;
  readonly config: JsonObject;
  readonly credentials: SealedCredentials | null;
  /** Of the credentials. */
  readonly times?: CredentialTimes;
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  /** Of the hub's own: seen only by transactions that ask for such rows. */
  readonly internal?: boolean;
}

export interface ConnectionFilter {
  readonly status?: ConnectionStatus;
  readonly connectorId?: string;
}

export interface ConnectionChange {
  readonly name?: string;
  readonly config?: JsonObject;
}
