import { createHash } from 'node:crypto';
import { parse as parseLossless } from 'lossless-json';

/** A number as the vendor wrote it: `1.10` and `1.1` are told apart, because no vendor changes the spelling by itself. */
class NumberText {
  constructor(readonly text: string) {}
}

/**
 * SHA-256 in hex of a record without its volatile members, whatever the order of its members. A text that is no JSON object
 * is hashed as it is.
 */
export function recordHash(dataText: string, volatileFields: readonly string[]): string {
  return createHash('sha256')
    .update(stableText(dataText, new Set(volatileFields)))
    .digest('hex');
}

function stableText(dataText: string, volatile: ReadonlySet<string>): string {
  let record: unknown;
  try {
    record = parseLossless(dataText, null, {
      parseNumber: (text) => new NumberText(text),
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch {
    return dataText;
  }
  if (!isObject(record)) return dataText;
  return write(Object.fromEntries(Object.entries(record).filter(([name]) => !volatile.has(name))));
}

function write(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${write(value[name])}`).join(',')}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}
