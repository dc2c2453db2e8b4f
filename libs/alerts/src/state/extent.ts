/** How far a trouble goes, for rules one of whose alerts is about more than one thing. */
export interface Extent {
  /** Each thing that is wrong, by words that stay the same for as long as it is the same. */
  readonly kinds: readonly string[];
  readonly value: number | null;
}

/** Of one alert. Where there are more, codes are no kinds but numbers of single records: then growth alone is news. */
const MOST_KINDS = 100;
const MOST_KINDS_NAMED = 5;
const WORSE_FACTOR = 10;

/**
 * What is still so of what was known. Whatever is gone and comes back is news again, as it is where it is the only trouble
 * and has an alert of its own each time.
 */
export function stillSo(known: Extent, now: Extent): Extent {
  const present = new Set(now.kinds);
  const value = known.value === null || now.value === null ? now.value : Math.min(known.value, now.value);
  return { kinds: known.kinds.filter((kind) => present.has(kind)), value };
}

/** As it is kept. */
export function bounded({ kinds, value }: Extent): Extent {
  return { kinds: kinds.slice(0, MOST_KINDS), value };
}

/** What somebody who knows of `known` would want to be told; nothing while it is much the same. */
export function newsOf(known: Extent, now: Extent): string[] {
  const before = new Set(known.kinds);
  const isCounted = known.kinds.length >= MOST_KINDS || now.kinds.length > MOST_KINDS;
  const added = isCounted ? [] : now.kinds.filter((kind) => !before.has(kind));
  const news = added.slice(0, MOST_KINDS_NAMED).map((kind) => `new: ${kind}`);
  if (added.length > MOST_KINDS_NAMED) news.push(`and ${added.length - MOST_KINDS_NAMED} more that are new`);
  if (known.value !== null && now.value !== null && now.value >= Math.max(1, known.value) * WORSE_FACTOR)
    news.push(`${now.value}, where it was ${known.value}`);
  return news;
}
