import { type Row } from '../data/erp-store';
import { type Fields } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';

/** 0 says "must not exist yet". @throws SoapFault ERP-1409 */
export function requireVersion(expected: string | undefined, existing: Row | undefined): void {
  if (expected === undefined) return;
  const actual = existing?.rowVersion ?? 0n;
  if (BigInt(expected) !== actual) {
    throw clientFault('ERP-1409', `RowVersion is ${actual}, expected was ${expected}`, 'ExpectedRowVersion');
  }
}

export function isSame(left: Fields, right: Fields): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]);
}
