import { base62 } from '../../kernel/deterministic';

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID_SHAPE = /^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/;

/**
 * The canonical 18-character form of a 15- or 18-character id. An 18-character id whose letters lost their case
 * is repaired, because its suffix encodes which letters are upper case.
 * @returns `undefined` when the text is no Salesforce id
 */
export function sfId18(id: string): string | undefined {
  if (!ID_SHAPE.test(id)) return undefined;
  const base = id.length === 15 ? id : restoreCase(id);
  return base === undefined ? undefined : base + checksum(base);
}

function checksum(base: string): string {
  let suffix = '';
  for (let block = 0; block < 3; block++) {
    let bits = 0;
    for (let place = 0; place < 5; place++) if (/[A-Z]/.test(base.charAt(block * 5 + place))) bits |= 1 << place;
    suffix += SUFFIX_ALPHABET.charAt(bits);
  }
  return suffix;
}

function restoreCase(id: string): string | undefined {
  let base = '';
  for (let block = 0; block < 3; block++) {
    const bits = SUFFIX_ALPHABET.indexOf(id.charAt(15 + block).toUpperCase());
    if (bits < 0) return undefined;
    for (let place = 0; place < 5; place++) {
      const character = id.charAt(block * 5 + place);
      base += (bits >> place) & 1 ? character.toUpperCase() : character.toLowerCase();
    }
  }
  return base;
}

/** Ids of one org: key prefix, three characters of the org's instance, nine of a counter whose order is the order of creation. */
export class IdFactory {
  private readonly counters = new Map<string, number>();

  constructor(
    private readonly instance: string,
    private readonly start: number,
  ) {}

  next(keyPrefix: string): string {
    const counter = (this.counters.get(keyPrefix) ?? this.start) + 1;
    this.counters.set(keyPrefix, counter);
    const base = keyPrefix + this.instance + base62(counter, 9);
    return base + checksum(base);
  }
}
