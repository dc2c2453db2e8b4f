/** What a list is asked for: so many rows, from before this id on; `null` for the newest. */
export interface ListPage {
  readonly limit: number;
  readonly before: string | null;
}

export interface Found<Row> {
  /** At most one more than the page holds: that one tells whether there is a next page. */
  readonly rows: Row[];
  /** Where looking stopped because its time was up, all older rows still unseen; `null` when the page is what it is. */
  readonly reached: string | null;
}

/** Rows from `before` (not among them; `null` for the newest) down to `from` (among them; `null` for the oldest). */
export interface Stretch {
  readonly before: string | null;
  readonly from: string | null;
}

export interface NewestFirst<Row> {
  /** Whether an index serves all that is asked for: then there is nothing to look through. */
  readonly isIndexed: boolean;
  /** The id at which a stretch of so many rows ends, or `null` when there are fewer. It must cost next to nothing a row. */
  readonly endOf: (before: string | null, rows: number) => Promise<string | null>;
  /** What fits in a stretch, newest first. */
  readonly find: (stretch: Stretch, limit: number) => Promise<Row[]>;
}

/** Of one answer; what it is sent with comes on top. */
const BUDGET_MS = 100;
const FIRST_STRETCH = 2_000;
const [LEAST_GROWTH, MOST_GROWTH] = [0.25, 8];

/**
 * A list under conditions that no index serves: looked through newest first, a stretch at a time, until the page is full or
 * the time is up. So a million rows of which none fits are answered as soon as a hundred that fit, with the place to go on
 * from; and an index for each condition, which every accepted event would pay for, is not needed.
 */
export async function findNewestFirst<Row>(page: ListPage, source: NewestFirst<Row>): Promise<Found<Row>> {
  const wanted = page.limit + 1;
  if (source.isIndexed) return { rows: await source.find({ before: page.before, from: null }, wanted), reached: null };
  const deadline = performance.now() + BUDGET_MS;
  const rows: Row[] = [];
  let { before } = page;
  for (let size = FIRST_STRETCH; ;) {
    const started = performance.now();
    const from = await source.endOf(before, size);
    rows.push(...(await source.find({ before, from }, wanted - rows.length)));
    if (rows.length === wanted || from === null) return { rows, reached: null };
    const [took, left] = [performance.now() - started, deadline - performance.now()];
    // The next one is to take half of what is left: what it costs is known from the last one only.
    if (left < BUDGET_MS / 10) return { rows, reached: from };
    size = Math.max(1, Math.round(size * Math.min(Math.max(left / took / 2, LEAST_GROWTH), MOST_GROWTH)));
    before = from;
  }
}
