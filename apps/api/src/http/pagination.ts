import { z } from 'zod';
import { problem, uuidTimeMs } from '@hub/platform';
import { HubProblem } from './hub-problem';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Members that every list takes; spread it into a strict object so that unknown filters are refused. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z.string().max(500).optional(),
};

export interface Page {
  readonly limit: number;
  /** Rows before (older than) this UUID; `null` for the newest. */
  readonly before: string | null;
}

const CURSOR = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists are newest first by UUIDv7, so the last row's id is all that a cursor has to hold. */
export function pageOf(query: { limit: number; cursor?: string | undefined }): Page {
  return { limit: query.limit, before: query.cursor === undefined ? null : readCursor(query.cursor) };
}

export function readCursor(cursor: string): string {
  const uuid = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!CURSOR.test(uuid)) {
    throw new HubProblem(
      problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
        faults: [{ pointer: '#query/cursor', code: 'invalid_cursor', message: 'This cursor is not one of ours.' }],
      }),
    );
  }
  return uuid;
}

export interface PageResponse<T> {
  readonly data: T[];
  readonly next_cursor: string | null;
}

/** Give it one row more than the page holds: that row tells whether there is a next page. */
export function pageResponse<Row extends { id: string }, T>(
  rows: readonly Row[],
  limit: number,
  map: (row: Row) => T,
): PageResponse<T> {
  const shown = rows.slice(0, limit);
  return { data: shown.map(map), next_cursor: cursorAt(rows.length > limit ? (shown.at(-1)?.id ?? null) : null) };
}

export interface SearchResponse<T> extends PageResponse<T> {
  readonly searched_back_to: string | null;
}

/** @param found `reached` is where a search whose time was up goes on, though the page is not full */
export function searchResponse<Row extends { id: string }, T>(
  { rows, reached }: { readonly rows: readonly Row[]; readonly reached: string | null },
  limit: number,
  map: (row: Row) => T,
): SearchResponse<T> {
  const page = pageResponse(rows, limit, map);
  const next = page.next_cursor ?? cursorAt(reached);
  const isCut = reached !== null && rows.length < limit;
  return { ...page, next_cursor: next, searched_back_to: isCut ? new Date(uuidTimeMs(reached)).toISOString() : null };
}

function cursorAt(id: string | null): string | null {
  return id === null ? null : Buffer.from(id).toString('base64url');
}
