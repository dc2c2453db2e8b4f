import { type Connector, type TokenLifetime } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

const LONGEST_LEAD_MS = 15 * 60_000;
const IDLE_MS = 24 * 3_600_000;
/** Connections that were made together must not all ask their vendor in the same second a day later. */
const IDLE_SPREAD = 0.1;
/** Least time until the next refresh, whatever a vendor's clock says: a clock that is behind must not make the hub ask without end. */
const LEAST_GAP_MS = 60_000;
/** What the database holds; beyond it a vendor's figure is nonsense. */
const FURTHEST_MS = Date.UTC(9999, 0);

/** When stored credentials end, and when the hub refreshes them by itself. All null for credentials that just last. */
export interface CredentialTimes {
  readonly tokenExpiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
  /** For a connection in use: `expiry − min(15 min, life/2)`, and daily where the vendor sets no end. */
  readonly refreshDueAt: Date | null;
  /** For an idle one: once a day, so that its refresh token stays alive. */
  readonly refreshIdleAt: Date | null;
}

export const TIMELESS: CredentialTimes = {
  tokenExpiresAt: null,
  refreshExpiresAt: null,
  refreshDueAt: null,
  refreshIdleAt: null,
};

/** Times of credentials that are stored now. */
export function credentialTimes(
  connector: Pick<Connector, 'refreshCredentials' | 'tokenLifetime'>,
  credentials: JsonObject,
  nowMs: number = Date.now(),
  random: () => number = Math.random,
): CredentialTimes {
  const lifetime = connector.tokenLifetime?.(credentials) ?? null;
  if (lifetime === null) return TIMELESS;
  const tokenExpiresAt = instant(lifetime.expiresAtMs);
  const refreshExpiresAt = instant(lifetime.refreshExpiresAtMs);
  if (connector.refreshCredentials === undefined) return { ...TIMELESS, tokenExpiresAt, refreshExpiresAt };
  const idleMs = nowMs + IDLE_MS * (1 - IDLE_SPREAD * random());
  const dueMs = Math.min(aheadOfExpiry(lifetime, nowMs) ?? idleMs, idleMs);
  return { tokenExpiresAt, refreshExpiresAt, refreshDueAt: new Date(dueMs), refreshIdleAt: new Date(idleMs) };
}

function aheadOfExpiry({ issuedAtMs, expiresAtMs }: TokenLifetime, nowMs: number): number | null {
  if (instant(expiresAtMs) === null || expiresAtMs === null) return null;
  const lifeMs = Math.max(0, expiresAtMs - issuedAtMs);
  return Math.max(expiresAtMs - Math.min(LONGEST_LEAD_MS, lifeMs / 2), nowMs + Math.min(LEAST_GAP_MS, lifeMs / 2));
}

function instant(ms: number | null): Date | null {
  return ms === null || !Number.isFinite(ms) || ms < 0 || ms > FURTHEST_MS ? null : new Date(ms);
}
