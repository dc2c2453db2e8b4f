import { createHash } from 'node:crypto';
import { canonicalJson } from '@hub/platform';
import { type LookupTables } from '../mapping.types';

/** What tells that a draft which was tried is the version that is published now: expression and tables, and nothing else. */
export function contentHash(expression: string, tables: LookupTables): Buffer {
  return createHash('sha256')
    .update(canonicalJson([expression, tables]))
    .digest();
}
