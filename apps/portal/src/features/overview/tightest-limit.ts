import { type ActivityResponse } from '@hub/api-client';

type Limit = ActivityResponse['connections'][number]['limits'][number];

/**
 * The limit to be shown where there is room for one: that of which least is left. Of those that are equally far from their end
 * a budget that lasts for long comes before one that is there again in a minute, and that before calls at once.
 */
export function tightestOf(limits: readonly Limit[]): Limit | null {
  const share = ({ left, max }: Limit): number => (max === 0 ? 1 : left / max);
  const [tightest] = limits.toSorted((a, b) => share(a) - share(b) || rankOf(a) - rankOf(b));
  return tightest ?? null;
}

function rankOf({ limit }: Limit): number {
  if (limit.startsWith('daily')) return 0;
  return limit.startsWith('concurrent') ? 2 : 1;
}
