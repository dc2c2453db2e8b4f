import { type ApiKey } from '@hub/api-client';
import { hasCome } from '../../lib/hub-clock';
import { localTime } from '../../lib/time';
import { govern } from '../../text/govern.text';

type Ends = Pick<ApiKey, 'revoked_at' | 'expires_at'>;

/** By the hub's clock, as what it accepts. `expiring`: it was rotated, and goes on for the overlap. */
export function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: Ends): string {
  const isPast = (at: string | null): boolean => at !== null && hasCome(at);
  if (isPast(revokedAt)) return 'revoked';
  if (isPast(expiresAt)) return 'expired';
  return revokedAt === null ? 'active' : 'expiring';
}

/** In words; null where it has none ahead. */
export function endOf(row: Ends): string | null {
  const { revoked_at: revokedAt, expires_at: expiresAt } = row;
  const words = govern.keys;
  if (stateOf(row) === 'expiring' && revokedAt !== null) return words.goesOnUntil(localTime(revokedAt));
  return stateOf(row) === 'active' && expiresAt !== null ? words.ends(localTime(expiresAt)) : null;
}
