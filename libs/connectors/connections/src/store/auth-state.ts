import { type ConnectionRow } from './connection.types';

export const AUTH_STATES = ['connected', 'expiring', 'needs_reauth', 'disabled', 'not_connected'] as const;
export type AuthState = (typeof AUTH_STATES)[number];

/** A refresh token that ends within it is shown as expiring, so that a person signs in again before anything stops. */
const EXPIRING_WITHIN_MS = 14 * 24 * 3_600_000;
/** One refusal may be a vendor's hiccup; this many in a row are told. */
const FAILURES_THAT_SHOW = 3;
export const CREDENTIALS_MISSING = 'credentials_missing';

export interface AuthSummary {
  readonly state: AuthState;
  /** What a person should know and do, in words; null when there is nothing to do. */
  readonly advice: string | null;
}

type AuthFacts = Pick<
  ConnectionRow,
  | 'status'
  | 'status_reason'
  | 'has_credentials'
  | 'revision'
  | 'refused_revision'
  | 'refresh_expires_at'
  | 'refresh_failures'
  | 'auth_error'
>;

/** How the connection stands with its vendor: derived, so that it can never disagree with what is stored. */
export function authSummary(row: AuthFacts, nowMs: number = Date.now()): AuthSummary {
  if (row.status === 'disabled') return { state: 'disabled', advice: 'The operator of the hub has disabled it.' };
  if (!row.has_credentials && row.status_reason === CREDENTIALS_MISSING) {
    return { state: 'not_connected', advice: 'Sign in, or set its credentials: until then its deliveries wait.' };
  }
  if (row.status === 'needs_reauth' || row.refused_revision === row.revision) {
    const why = row.auth_error === null ? '' : ` It said: ${row.auth_error.message}`;
    return {
      state: 'needs_reauth',
      advice: `The vendor no longer accepts its credentials. Sign in again, or set new ones: what waits is then delivered.${why}`,
    };
  }
  if (row.refresh_failures > 0 && row.auth_error?.category === 'config') {
    return {
      state: 'expiring',
      advice: `Its credentials cannot be renewed until this is mended: ${row.auth_error.message}. Its deliveries wait, and go on by themselves.`,
    };
  }
  const endsInMs = row.refresh_expires_at === null ? null : row.refresh_expires_at.getTime() - nowMs;
  if (endsInMs !== null && endsInMs < EXPIRING_WITHIN_MS) {
    const when = row.refresh_expires_at?.toISOString() ?? '';
    return { state: 'expiring', advice: `The vendor ends this sign-in at ${when}. Sign in again before then.` };
  }
  if (row.refresh_failures >= FAILURES_THAT_SHOW) {
    const why = row.auth_error === null ? '' : ` It said: ${row.auth_error.message}`;
    return {
      state: 'expiring',
      advice: `Refreshing its credentials keeps failing, and the hub goes on trying. If it lasts, sign in again.${why}`,
    };
  }
  return { state: 'connected', advice: null };
}
