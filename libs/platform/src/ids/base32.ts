/**
 * Crockford's base 32, lower case, as TypeID writes a UUID: 128 bits with two zero bits in front make 26 characters.
 * Written for the hot path: every answer and every log line names ids, and going through byte arrays cost ten times as much.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Two characters at once: index is 10 bits. */
const PAIRS = Array.from({ length: 1_024 }, (_none, bits) => ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31));

const NOT_HEX = 0xff;
const HEX = new Uint8Array(128).fill(NOT_HEX);
for (const [value, digit] of [...'0123456789abcdef'].entries()) HEX[digit.charCodeAt(0)] = value;

/** Where the 32 digits stand among the dashes. */
const DIGITS = [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].flatMap((place, at) => (place === 'x' ? [at] : []));
const DASH = 0x2d;

/** @throws Error for whatever is not a UUID in lower case: those come from the database and from `newUuid` alone */
export function uuidToBase32(uuid: string): string {
  if (uuid.length !== 36 || !hasDashes(uuid)) throw notUuid();
  const head = bitsOf(uuid, 0, 7);
  let text = PAIRS[head >> 20]! + PAIRS[(head >> 10) & 1_023]! + PAIRS[head & 1_023]!;
  for (let digit = 7; digit < 32; digit += 5) {
    const bits = bitsOf(uuid, digit, 5);
    text += PAIRS[bits >> 10]! + PAIRS[bits & 1_023]!;
  }
  return text;
}

function hasDashes(uuid: string): boolean {
  return (
    uuid.charCodeAt(8) === DASH &&
    uuid.charCodeAt(13) === DASH &&
    uuid.charCodeAt(18) === DASH &&
    uuid.charCodeAt(23) === DASH
  );
}

function bitsOf(uuid: string, first: number, count: number): number {
  let bits = 0;
  for (let digit = first; digit < first + count; digit++) {
    const value = HEX[uuid.charCodeAt(DIGITS[digit]!)];
    if (value === undefined || value === NOT_HEX) throw notUuid();
    bits = (bits << 4) | value;
  }
  return bits;
}

function notUuid(): Error {
  return new Error('not a UUID');
}
