import { createHash } from 'node:crypto';
import { type StoredRecord } from '../data/record-store';
import { printJson } from '../salesforce.json';
import { reject } from '../salesforce.errors';

/**
 * `If-Modified-Since` and `If-Unmodified-Since`, to the second as HTTP dates are; entity tags where there are any.
 * @throws Rejection 412 when the record changed, 400 when the date is none
 * @returns true when a reader already has the newest state (answer 304)
 */
export function checkPreconditions(
  headers: Readonly<Record<string, string | undefined>>,
  modifiedMs: number,
  isWrite: boolean,
  etag?: string,
): boolean {
  if (etag !== undefined) {
    const wanted = headers['if-match'];
    if (wanted !== undefined && !namesTag(wanted, etag))
      reject(412, 'PRECONDITION_FAILED', 'The record has been modified: its entity tag is not in If-Match');
    const known = headers['if-none-match'];
    if (known !== undefined && namesTag(known, etag)) {
      if (!isWrite) return true;
      reject(412, 'PRECONDITION_FAILED', 'The entity tag of the record is in If-None-Match');
    }
  }
  const unmodifiedSince = parseHttpDate(headers['if-unmodified-since'], 'If-Unmodified-Since');
  if (unmodifiedSince !== undefined && modifiedMs > unmodifiedSince) {
    reject(412, 'PRECONDITION_FAILED', 'The record has been modified since the time given in If-Unmodified-Since');
  }
  const modifiedSince = parseHttpDate(headers['if-modified-since'], 'If-Modified-Since');
  if (modifiedSince === undefined || modifiedMs > modifiedSince) return false;
  if (isWrite)
    reject(412, 'PRECONDITION_FAILED', 'The record has not been modified since the time given in If-Modified-Since');
  return true;
}

/** Of accounts alone, as the vendor has them. */
export function entityTag({ object, values }: StoredRecord): string | undefined {
  if (object !== 'Account') return undefined;
  return `"${createHash('sha256').update(printJson(values)).digest('base64url').slice(0, 27)}--gzip"`;
}

/** What proxies do to a tag (`W/`, `--gzip`) makes it no other. */
function namesTag(header: string, etag: string): boolean {
  const plain = (tag: string): string =>
    tag
      .trim()
      .replace(/^W\//, '')
      .replace(/--gzip"$/, '"');
  return header.trim() === '*' || header.split(',').some((tag) => plain(tag) === plain(etag));
}

function parseHttpDate(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|[+-]\d{4})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(ms)) reject(400, 'INVALID_HEADER', `The value of header ${name} is not a date: ${text}`);
  return ms;
}
