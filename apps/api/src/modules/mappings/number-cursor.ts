import { z } from 'zod';
import { pageQuery } from '../../http/pagination';

const CURSOR = /^v([1-9]\d{0,8})$/;

/** For lists by number: their cursor holds the last number shown. */
export const numberedPageQuery = {
  limit: pageQuery.limit,
  cursor: z
    .string()
    .max(100)
    .transform((cursor, context) => {
      const [, number] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
      if (number !== undefined) return Number(number);
      context.addIssue({ code: 'custom', message: 'This cursor is not one of ours.' });
      return z.NEVER;
    })
    .optional(),
};

export function numberCursor(number: number): string {
  return Buffer.from(`v${number}`).toString('base64url');
}

/** A number of the path; `null` for what cannot be a version, which is then answered like one that does not exist. */
export function pathVersion(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
