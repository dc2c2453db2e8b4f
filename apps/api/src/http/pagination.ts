import { z } from 'zod';
import { problem } from '@hub/platform';
import { HubProblem } from './hub-problem';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

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

/**
 * Give it one row more than the page holds: that row tells whether there is a next page.
 * @param reached where a search whose time was up goes on, though the page is not full
 */
export function pageResponse<Row extends { id: string }, T>(
  rows: readonly Row[],
  limit: number,
  map: (row: Row) => T,
  reached: string | null = null,
): PageResponse<T> {
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? (shown.at(-1)?.id ?? null) : reached;
  return { data: shown.map(map), next_cursor: next === null ? null : Buffer.from(next).toString('base64url') };
}
