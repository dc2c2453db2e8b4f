import { type Result } from '@hub/platform';
import { failure, success } from '../expression/outcome';
import { type MappingError } from '../mapping-engine.types';

const MAX_DEPTH = 200;

class Refused extends Error {
  constructor(readonly error: MappingError) {
    super(error.message);
  }
}

const tooLarge = (maxBytes: number): Refused =>
  new Refused({ code: 'mapping_output_too_large', message: `The output is larger than ${maxBytes} bytes.` });

function isFunctionValue(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

/**
 * A copy that JSON can carry. It counts while it goes: a text of 268 million characters that was built by doubling exists
 * only as a tree of references until somebody asks for its characters, and asking would kill the process.
 */
class Cleaner {
  private left: number;

  constructor(private readonly maxBytes: number) {
    this.left = maxBytes;
  }

  private spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw tooLarge(this.maxBytes);
  }

  clean(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.spend(value.length + 2);
        return value;
      case 'number':
        if (!Number.isFinite(value))
          throw new Refused({
            code: 'mapping_runtime',
            message: 'The output holds a number that JSON cannot carry (NaN or infinite).',
          });
        this.spend(1);
        return value;
      case 'boolean':
        this.spend(4);
        return value;
      case 'object':
        return value === null ? this.cleanNull() : this.cleanObject(value, depth);
      default:
        return undefined;
    }
  }

  private cleanNull(): null {
    this.spend(4);
    return null;
  }

  private cleanObject(value: object, depth: number): unknown {
    if (depth > MAX_DEPTH)
      throw new Refused({ code: 'mapping_runtime', message: `The output is nested deeper than ${MAX_DEPTH} levels.` });
    this.spend(2);
    if (Array.isArray(value)) {
      // Sequences carry flags and methods of their own; the copy is a plain array.
      return value.map((item) => this.clean(item, depth + 1) ?? this.cleanNull());
    }
    if (value instanceof RegExp || isFunctionValue(value)) return undefined;
    const copy = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of Object.entries(value)) {
      const cleaned = this.clean(member, depth + 1);
      if (cleaned === undefined) continue;
      this.spend(key.length + 4);
      copy[key] = cleaned;
    }
    return copy;
  }
}

/** The result of a run as JSON text: functions and absent members are dropped, as JSON does. */
export function renderOutput(value: unknown, maxBytes: number): Result<string, MappingError> {
  try {
    const cleaned = new Cleaner(maxBytes).clean(value, 0);
    if (cleaned === undefined)
      return failure({ code: 'mapping_no_output', message: 'The expression gave no result: nothing matched.' });
    const text = JSON.stringify(cleaned);
    return Buffer.byteLength(text) > maxBytes ? failure(tooLarge(maxBytes).error) : success(text);
  } catch (thrown) {
    if (thrown instanceof Refused) return failure(thrown.error);
    throw thrown;
  }
}
