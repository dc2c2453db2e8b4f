import { hash } from 'node:crypto';
import { canonicalJson } from '@hub/platform';

/**
 * What makes two sends the same event: SHA-256 over the RFC 8785 canonical JSON of `type` and `data`. Order of members
 * and a changed send time do not matter.
 *
 * @returns in hex: a buffer for each event, with memory of its own outside the heap, is half the cost of making it
 * @throws Error when `data` is not JSON
 */
export function eventFingerprint(type: string, data: unknown): string {
  return hash('sha256', canonicalJson({ data, type }), 'hex');
}
