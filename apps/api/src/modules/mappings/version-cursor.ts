import { z } from 'zod';
import { pageQuery } from '../../http/pagination';

const CURSOR = /^v([1-9]\d{0,8})$/;

/** Versions are listed by number, so their cursor holds the last number shown. */
export const versionPageQuery = {
  limit: pageQuery.limit,
  cursor: z
    .string()
    .max(100)
    .transform((cursor, context) => {
      const [, version] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
      if (version !== undefined) return Number(version);
      context.addIssue({ code: 'custom', message: 'This cursor is not one of ours.' });
      return z.NEVER;
    })
    .optional(),
};

export function versionCursor(version: number): string {
  return Buffer.from(`v${version}`).toString('base64url');
}

/** A number of the path; `null` for what cannot be a version, which is then answered like one that does not exist. */
export function pathVersion(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
