import { reject } from '../salesforce.errors';

/**
 * `If-Modified-Since` and `If-Unmodified-Since`, to the second as HTTP dates are.
 * @throws Rejection 412 when the record changed, 400 when the date is none
 * @returns true when a reader already has the newest state (answer 304)
 */
export function checkPreconditions(
  headers: Readonly<Record<string, string | undefined>>,
  modifiedMs: number,
  isWrite: boolean,
): boolean {
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

function parseHttpDate(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|[+-]\d{4})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(ms)) reject(400, 'INVALID_HEADER', `The value of header ${name} is not a date: ${text}`);
  return ms;
}
