import { createHash } from 'node:crypto';

/** Domains of what is hashed: none of them can pass for another. */
const GENESIS = Buffer.of(0x00);
const RECORD = Buffer.of(0x01);

/** What the first record of a chain stands on: `SHA-256(0x00 ‖ tenant ‖ id of the signing key, '' when there was none)`. */
export function genesisHash(tenantId: string, keyId: string): Buffer {
  return sha256(GENESIS, uuidBytes(tenantId), Buffer.from(keyId));
}

/** Of the record's canonical JSON. */
export function recordDigest(text: string): Buffer {
  return sha256(Buffer.from(text));
}

/**
 * `SHA-256(0x01 ‖ tenant ‖ seq ‖ hash before ‖ SHA-256(JCS(record)))`, the tenant as 16 bytes and the place as 8, big-endian.
 *
 * Over the record's digest and not the record itself: an export that leaves a record out gives its digest, and whoever
 * checks it recomputes every hash and believes none (ADR 0013). The database computes the same in `chain_audit_record()`.
 */
export function chainHash(tenantId: string, seq: number, prev: Buffer, digest: Buffer): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(seq));
  return sha256(RECORD, uuidBytes(tenantId), place, prev, digest);
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
