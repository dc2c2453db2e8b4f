import Big from 'big.js';
import { isLosslessNumber } from 'lossless-json';
import { isMembers } from './erp.members';

/** Zeros in front make it a number of a document, of which every digit counts. */
const AMOUNT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** Whether everything in `wanted` is in `found` already. Amounts are compared as numbers: the system adds zeros. */
export function isSameContent(wanted: unknown, found: unknown): boolean {
  if (isMembers(wanted)) {
    if (!isMembers(found)) return isBlank(found) && Object.values(wanted).every(isBlank);
    return Object.entries(wanted).every(([name, value]) => isSameContent(value, found[name]));
  }
  if (Array.isArray(wanted)) {
    const items = Array.isArray(found) ? (found as readonly unknown[]) : [];
    return items.length === wanted.length && wanted.every((value, index) => isSameContent(value, items[index]));
  }
  if (isBlank(wanted) || isBlank(found)) return isBlank(wanted) && isBlank(found);
  const [a, b] = [leafText(wanted), leafText(found)];
  return a === b || (AMOUNT.test(a) && AMOUNT.test(b) && new Big(a).eq(b));
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function leafText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Y' : 'N';
  if (typeof value === 'number') return String(value);
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' ? value.trimEnd() : '';
}
