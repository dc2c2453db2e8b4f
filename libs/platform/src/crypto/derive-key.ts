import { hkdfSync } from 'node:crypto';
import { KEY_BYTES } from './aes-gcm';
import { type DataKey } from './data-key';

/**
 * A key for one purpose (HKDF with SHA-256, RFC 5869): what is made for one purpose opens, names or matches nothing of
 * another, and all of them are gone with the data key.
 */
export function deriveKey(dataKey: DataKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey.expose(), Buffer.alloc(0), purpose, KEY_BYTES));
}
