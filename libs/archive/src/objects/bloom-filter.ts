import { createHmac } from 'node:crypto';

/** 16 bits an entry and 7 probes: one wrong hit in about 1,500. */
const BITS_PER_ENTRY = 16;
const PROBES = 7;
const LEAST_BYTES = 8;
/** Probes are signed 64-bit numbers to PostgreSQL: the sign stays out. */
const MASK = (1n << 63n) - 1n;

/**
 * Where an entry has its bits, before the size of a filter is known: sizes are powers of two, so that each filter keeps the
 * low bits. Keyed, so that a filter tells nothing to whoever has no key, and nothing to anybody once the key is destroyed.
 */
export function probesOf(key: Buffer, entry: string): bigint[] {
  const hash = createHmac('sha256', key).update(entry).digest();
  const [start, step] = [hash.readBigUInt64LE(0), hash.readBigUInt64LE(8) | 1n];
  return Array.from({ length: PROBES }, (_unused, index) => (start + BigInt(index) * step) & MASK);
}

/** Bits are counted as PostgreSQL's `get_bit` does: from the lowest of the first byte. */
export function filterOf(key: Buffer, entries: ReadonlySet<string>): Buffer {
  let bytes = LEAST_BYTES;
  while (bytes * 8 < entries.size * BITS_PER_ENTRY) bytes *= 2;
  const filter = Buffer.alloc(bytes);
  for (const entry of entries) for (const place of places(filter, probesOf(key, entry))) set(filter, place);
  return filter;
}

/** False when the entry is surely not in the filter. */
export function mayHold(filter: Buffer, probes: readonly bigint[]): boolean {
  return places(filter, probes).every((place) => ((filter[place >> 3] ?? 0) & (1 << (place & 7))) !== 0);
}

function places(filter: Buffer, probes: readonly bigint[]): number[] {
  const mask = BigInt(filter.length * 8 - 1);
  return probes.map((probe) => Number(probe & mask));
}

function set(filter: Buffer, place: number): void {
  filter[place >> 3] = (filter[place >> 3] ?? 0) | (1 << (place & 7));
}
