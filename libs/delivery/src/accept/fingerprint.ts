import { hash } from 'node:crypto';
import { canonicalJson, mayHaveInexact, parseExactly } from '@hub/platform';

/**
 * What makes two sends the same event: SHA-256 over the RFC 8785 canonical JSON of `type` and `data`. Order of members
 * and a changed send time do not matter. Numbers beyond a double, for which the RFC has no form, are told apart as well:
 * the payload is kept byte for byte, so they are other content.
 *
 * @param text `data` as it was written
 * @param data what `JSON.parse` makes of the text, where somebody has done so already
 * @returns in hex: a buffer for each event, with memory of its own outside the heap, is half the cost of making it
 * @throws Error when the text is not JSON
 */
export function eventFingerprint(type: string, text: string, data?: unknown): string {
  const exact = mayHaveInexact(text) ? parseExactly(text) : (data ?? (JSON.parse(text) as unknown));
  return hash('sha256', canonicalJson({ data: exact, type }), 'hex');
}
