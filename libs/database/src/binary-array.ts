/**
 * Arrays as statement parameters in PostgreSQL's binary format, in which pg sends a `Buffer` as it is. As text, every
 * element is escaped here and unescaped there, character by character, which for payloads costs more than storing them.
 *
 * The statement has to name the type: `$1::text[]` takes {@link textArray} and nothing else.
 */
const OID = { bool: 16, bytea: 17, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;

const HEADER_BYTES = 12;
const DIMENSION_BYTES = 8;
const LENGTH_BYTES = 4;

/** Writes one element, which is not null, at `offset`. */
type Write<T> = (buffer: Buffer, value: T, offset: number) => void;

export function textArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(OID.text, values, (value) => Buffer.byteLength(value), writeText);
}

/** `bytea[]` of bytes in hex. */
export function hexArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(OID.bytea, values, (value) => value.length / 2, writeHex);
}

/** @throws Error for what is not a UUID with its dashes */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(OID.uuid, values, () => 16, writeUuid);
}

/** Whole numbers of 32 bits. */
export function intArray(values: readonly (number | null)[]): Buffer {
  return arrayOf(OID.int4, values, () => 4, writeInt);
}

export function boolArray(values: readonly (boolean | null)[]): Buffer {
  return arrayOf(OID.bool, values, () => 1, writeBool);
}

/** Moments, exact to the millisecond. */
export function timestampArray(values: readonly (Date | null)[]): Buffer {
  return arrayOf(OID.timestamptz, values, () => 8, writeTimestamp);
}

function arrayOf<T>(
  type: number,
  values: readonly (T | null)[],
  bytesOf: (value: T) => number,
  write: Write<T>,
): Buffer {
  let size = HEADER_BYTES + (values.length === 0 ? 0 : DIMENSION_BYTES);
  let hasNull = false;
  const lengths = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as T | null;
    const length = value === null ? -1 : bytesOf(value);
    hasNull ||= value === null;
    lengths[index] = length;
    size += LENGTH_BYTES + Math.max(0, length);
  }
  const buffer = Buffer.allocUnsafe(size);
  // Number of dimensions, whether there are nulls, type; then for the one dimension its length and where it begins.
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(type, 8);
  if (values.length > 0) {
    buffer.writeInt32BE(values.length, HEADER_BYTES);
    buffer.writeInt32BE(1, HEADER_BYTES + 4);
  }
  let offset = HEADER_BYTES + DIMENSION_BYTES;
  for (let index = 0; index < values.length; index++) {
    const length = lengths[index] as number;
    buffer.writeInt32BE(length, offset);
    offset += LENGTH_BYTES;
    if (length < 0) continue;
    write(buffer, values[index] as T, offset);
    offset += length;
  }
  return buffer;
}

function writeText(buffer: Buffer, value: string, offset: number): void {
  buffer.write(value, offset);
}

function writeHex(buffer: Buffer, value: string, offset: number): void {
  if (buffer.write(value, offset, 'hex') !== value.length / 2) throw new Error('not hex');
}

function writeInt(buffer: Buffer, value: number, offset: number): void {
  buffer.writeInt32BE(value, offset);
}

function writeBool(buffer: Buffer, value: boolean, offset: number): void {
  buffer[offset] = value ? 1 : 0;
}

const EPOCH_MS = BigInt(Date.UTC(2000, 0, 1));

/** Microseconds since 2000, which in the year 9999 are more than a number holds. */
function writeTimestamp(buffer: Buffer, value: Date, offset: number): void {
  buffer.writeBigInt64BE((BigInt(value.getTime()) - EPOCH_MS) * 1_000n, offset);
}

const NOT_HEX = 0xff;
const HEX = new Uint8Array(128).fill(NOT_HEX);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Where the two digits of each byte stand among the dashes. */
const BYTES_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

function writeUuid(buffer: Buffer, value: string, offset: number): void {
  if (value.length !== 36) throw new Error('not a UUID');
  for (let byte = 0; byte < 16; byte++) {
    const at = BYTES_AT[byte] as number;
    const [high, low] = [HEX[value.charCodeAt(at)] ?? NOT_HEX, HEX[value.charCodeAt(at + 1)] ?? NOT_HEX];
    if (high === NOT_HEX || low === NOT_HEX) throw new Error('not a UUID');
    buffer[offset + byte] = (high << 4) | low;
  }
}
