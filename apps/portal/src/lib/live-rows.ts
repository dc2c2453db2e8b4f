import { type ListPage } from './pages';

/** How rows of a list are told apart and put in order: ids sort by time. */
export interface LiveRules<Row> {
  readonly idOf: (row: Row) => string;
  /** Whether the list under its filters holds such a row: one that changed may belong to it no longer. */
  readonly fits: (row: Row) => boolean;
}

type Pages<Row> = readonly ListPage<Row>[];

export function holdsRow<Row>(pages: Pages<Row>, id: string, { idOf }: LiveRules<Row>): boolean {
  return pages.some(({ data }) => data.some((row) => idOf(row) === id));
}

/**
 * The pages of a list, newest first, with rows that came or changed: in the place of what was there, at their place by id,
 * or gone when they fit no longer. What lies beyond the last page that was loaded is left to the next one.
 */
export function mergeRows<Row>(pages: Pages<Row>, rows: readonly Row[], rules: LiveRules<Row>): ListPage<Row>[] {
  const { idOf, fits } = rules;
  const changed = new Map(rows.map((row) => [idOf(row), row]));
  const known = new Set<string>();
  const updated = pages.map((page) => ({
    ...page,
    data: page.data.flatMap((row) => {
      const id = idOf(row);
      known.add(id);
      const now = changed.get(id);
      if (now === undefined) return [row];
      return fits(now) ? [now] : [];
    }),
  }));
  const fresh = [...changed.values()].filter((row) => !known.has(idOf(row)) && fits(row));
  for (const row of fresh) insert(updated, row, rules);
  return updated;
}

function insert<Row>(pages: ListPage<Row>[], row: Row, { idOf }: LiveRules<Row>): void {
  const id = idOf(row);
  for (const [index, page] of pages.entries()) {
    const at = page.data.findIndex((other) => idOf(other) < id);
    const isLast = index === pages.length - 1;
    if (at < 0 && !(isLast && page.next_cursor === null)) continue;
    pages[index] = { ...page, data: page.data.toSpliced(at < 0 ? page.data.length : at, 0, row) };
    return;
  }
}
