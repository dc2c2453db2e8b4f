import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * What makes two sends the same event: SHA-256 over the RFC 8785 canonical JSON of `type` and `data`. Order of members
 * and a changed send time do not matter.
 */
export function eventFingerprint(type: string, data: unknown): Buffer {
  const canonical = canonicalize({ type, data });
  if (canonical === undefined) throw new Error('event data must be JSON');
  return createHash('sha256').update(canonical).digest();
}
