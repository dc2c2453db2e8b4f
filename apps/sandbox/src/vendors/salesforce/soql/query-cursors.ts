import { base62 } from '../../../kernel/deterministic';
import { reject } from '../salesforce.errors';

const LIFETIME_MS = 2 * 24 * 3_600_000;
const MAX_OPEN = 50;

export interface QueryRows {
  readonly total: number;
  /** Rendered when the query ran: a cursor is a snapshot. */
  readonly rows: readonly object[];
  readonly pageSize: number;
}

/** Result sets that wait for their next page. The oldest goes when too many are open. */
export class QueryCursors {
  private readonly open = new Map<string, QueryRows & { readonly openedMs: number }>();
  private counter = 0;

  add(rows: QueryRows, nowMs: number): string {
    const id = `01gHb${base62(++this.counter, 13)}`;
    this.open.set(id, { ...rows, openedMs: nowMs });
    const oldest = this.open.keys().next().value;
    if (this.open.size > MAX_OPEN && oldest !== undefined) this.open.delete(oldest);
    return id;
  }

  /** @throws Rejection 400 INVALID_QUERY_LOCATOR when it never existed, is another org's, or expired */
  get(locator: string, nowMs: number): { id: string; offset: number; rows: QueryRows } {
    const [, id = '', offset = ''] = /^([0-9A-Za-z]+)-(\d{1,9})$/.exec(locator) ?? [];
    const rows = this.open.get(id);
    if (!rows || nowMs - rows.openedMs > LIFETIME_MS || Number(offset) > rows.rows.length) {
      reject(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return { id, offset: Number(offset), rows };
  }

  clear(): void {
    this.open.clear();
  }
}
