import { compareNumber, parse, splitNumber } from 'lossless-json';

/** Fast, since it skips most of the text: what it lets pass has no number that a double could change. */
const LONG = /[\d.]{16}|\d[eE][-+]?\d{3}/;
/** The same where a number can stand, so that ids and digests in texts cost a second look alone. */
const LONG_NUMBER = /(?:^|[[:,])\s*-?(?:[\d.]{16}|[\d.]+[eE][-+]?\d{3})/;

/** A number that is more than a double holds, in a form that no double is written in; the same for the same value. */
export class ExactNumber {
  readonly text: string;

  constructor(written: string) {
    const { sign, digits, exponent } = splitNumber(written);
    this.text = `${sign}${digits.slice(0, 1)}.${digits.slice(1)}e${exponent}`;
  }
}

/** Whether JSON text may have a number that `JSON.parse` changes. Where it cannot, nothing more is to be done. */
export function mayHaveInexact(text: string): boolean {
  return LONG.test(text) && LONG_NUMBER.test(text);
}

/** Whether reading a JSON number as a double and writing it again gives the same value. */
export function isExact(written: string): boolean {
  const read = Number(written);
  if (!Number.isFinite(read)) return false;
  const again = String(read);
  return again === written || compareNumber(again, written) === 0;
}

/** As `JSON.parse`, but a number that is more than a double holds becomes an {@link ExactNumber}. */
export function parseExactly(text: string): unknown {
  return parse(text, null, {
    parseNumber: (written) => (isExact(written) ? Number(written) : new ExactNumber(written)),
    // The last of equal names wins, as in JSON.parse.
    onDuplicateKey: ({ newValue }) => newValue,
  });
}
