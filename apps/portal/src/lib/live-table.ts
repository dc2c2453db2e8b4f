import { type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { holdsRow, mergeRows, type LiveRules } from './live-rows';
import { type ListPage } from './pages';
import { type ServerSent } from './server-sent';

type Pages<Row> = InfiniteData<ListPage<Row>>;

/** A list that is open for a day is not to hold a day. */
const MOST_ROWS = 1_000;

/**
 * Puts what happens into a list that is shown. Rows that are there change in their places; new ones wait while somebody has
 * chosen a row or scrolled, because nothing may move under their hands.
 */
export class LiveTable<Row> {
  private readonly waitingRows = new Map<string, Row>();
  private readonly listeners = new Set<() => void>();
  private isReading = false;

  constructor(
    private readonly client: QueryClient,
    private readonly key: readonly unknown[],
    private readonly rules: LiveRules<Row>,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** How many new rows are held back. */
  readonly waiting = (): number => this.waitingRows.size;

  readonly onReading = (isReading: boolean): void => {
    this.isReading = isReading;
    if (isReading || this.waitingRows.size === 0) return;
    this.put([...this.waitingRows.values()]);
    this.waitingRows.clear();
    this.told();
  };

  readonly onMessages = (messages: readonly ServerSent[]): void => {
    if (messages.some(isGap)) this.reload();
    const rows = messages.flatMap(({ event, data }) =>
      (event === 'accepted' || event === 'changed') && data !== null ? [JSON.parse(data) as Row] : [],
    );
    if (rows.length === 0) return;
    if (!this.isReading) return this.put(rows);
    const isHere = (row: Row): boolean => holdsRow(this.pages(), this.rules.idOf(row), this.rules);
    this.put(rows.filter(isHere));
    for (const row of rows.filter((one) => !isHere(one))) this.hold(row);
    this.told();
  };

  private hold(row: Row): void {
    const id = this.rules.idOf(row);
    if (this.rules.fits(row)) this.waitingRows.set(id, row);
    else this.waitingRows.delete(id);
    const [oldest] = this.waitingRows.keys();
    if (this.waitingRows.size > MOST_ROWS && oldest !== undefined) this.waitingRows.delete(oldest);
  }

  private put(rows: readonly Row[]): void {
    this.client.setQueryData<Pages<Row>>(this.key, (now) =>
      now === undefined ? now : { ...now, pages: mergeRows(now.pages, rows, this.rules) },
    );
    if (!this.isReading && (this.pages()[0]?.data.length ?? 0) > MOST_ROWS) this.reload();
  }

  private reload(): void {
    // Whoever reads further down keeps what they have.
    if (!this.isReading) {
      this.client.setQueryData<Pages<Row>>(this.key, (now) =>
        now === undefined ? now : { pages: now.pages.slice(0, 1), pageParams: now.pageParams.slice(0, 1) },
      );
    }
    void this.client.invalidateQueries({ queryKey: this.key, exact: true });
  }

  private pages(): readonly ListPage<Row>[] {
    return this.client.getQueryData<Pages<Row>>(this.key)?.pages ?? [];
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What was before it, or in it, is in the list and not in the stream. */
function isGap({ event, data }: ServerSent): boolean {
  return (
    event === 'skipped' || (event === 'open' && data !== null && !(JSON.parse(data) as { resumed?: boolean }).resumed)
  );
}
