import { createHash } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A small seeded generator (mulberry32): the same seed gives the same faults and the same numbers on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Fixed-width base 62 whose ASCII order is its numeric order, so that ids sort by creation. */
export function base62(value: number, width: number): string {
  let rest = value;
  let text = '';
  for (let place = 0; place < width; place++) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** `length` letters and digits that depend on the seed and the purpose alone. */
export function derivedText(seed: number, purpose: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    const digest = createHash('sha256').update(`${seed}:${purpose}:${block}`).digest();
    for (const byte of digest) text += BASE62.charAt(byte % 62);
  }
  return text.slice(0, length);
}

/** Upper-case hexadecimal of `length` characters, from the seed and the purpose alone. */
export function derivedHex(seed: number, purpose: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    text += createHash('sha256').update(`${seed}:${purpose}:${block}`).digest('hex').toUpperCase();
  }
  return text.slice(0, length);
}
