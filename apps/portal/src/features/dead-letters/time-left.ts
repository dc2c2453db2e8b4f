import { hubNow } from '../../lib/hub-clock';

const DAY_MS = 86_400_000;
/** As long before as the alert of the connection tells it. */
const SOON_MS = 3 * DAY_MS;

/** How near the day is on which the first of a group leaves for the archive. */
export function timeLeft(leavesAt: string, now = hubNow()): 'enough' | 'little' | 'none' {
  const left = Date.parse(leavesAt) - now;
  if (left <= 0) return 'none';
  return left < SOON_MS ? 'little' : 'enough';
}
