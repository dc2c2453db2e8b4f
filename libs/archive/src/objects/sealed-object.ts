import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { decryptGcm, deriveKey, encryptGcm, type DataKey } from '@hub/platform';
import { type TenantDay } from '../archive.types';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Says what it is to whoever finds the file: format and version. */
const MAGIC = Buffer.from('HUBA\x01', 'latin1');
/** Above what any object holds; a seal that was forged could not open, so this guards against our own mistakes. */
const MOST_BYTES = 512 * 1024 * 1024;
const DIGEST_LENGTH = 32;

/** Compressed JSON Lines, sealed under a key of the tenant's for the place that `objectKey` names: moved elsewhere, it does not open. */
export async function sealObject(dataKey: DataKey, objectKey: string, lines: Buffer): Promise<Buffer> {
  const compressed = await compress(lines, { level: 6 });
  return Buffer.concat([MAGIC, encryptGcm(deriveKey(dataKey, 'archive-objects'), compressed, aadOf(objectKey))]);
}

/** `null` when it is no such object, was changed, or belongs to another place or key. */
export async function openObject(dataKey: DataKey, objectKey: string, stored: Buffer): Promise<Buffer | null> {
  if (!stored.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const sealed = stored.subarray(MAGIC.length);
  const compressed = decryptGcm(deriveKey(dataKey, 'archive-objects'), sealed, aadOf(objectKey));
  return compressed === null ? null : decompress(compressed, { maxOutputLength: MOST_BYTES });
}

/**
 * The same rows have the same name, other rows another: written again after a crash, an object finds itself. The digest is
 * keyed, because a plain one would let a stranger test what they guess.
 */
export function objectKeyOf(dataKey: DataKey, place: TenantDay, firstId: string, lines: Buffer): string {
  const digest = createHmac('sha256', deriveKey(dataKey, 'archive-names')).update(lines).digest('hex');
  return `${dayPrefixOf(place.tenantId, place.day)}${place.kind}/${firstId}-${digest.slice(0, DIGEST_LENGTH)}.jsonl.gz.sealed`;
}

/** Everything of one tenant's day is below it, and nothing else. */
export function dayPrefixOf(tenantId: string, day: string): string {
  return `archive/v1/${tenantId}/${day.replaceAll('-', '/')}/`;
}

function aadOf(objectKey: string): string {
  return `v1|${objectKey}`;
}
