import { ExactNumber, mayHaveInexact, parseExactly, pointerToken, type InputFault } from '@hub/platform';
import { MOST_FAULTS } from './zod-faults';

/** Names come from who is refused, and each number below them would repeat them. A longer pointer stops at what is around. */
const LONGEST_POINTER = 200;

/** Of bodies that a pipe is to check: guards come before it, and one answer is to name the faults of both. */
const found = new WeakMap<object, readonly InputFault[]>();

/** Keeps them for {@link ZodPipe}, for as long as there is this very body. */
export function noteInexact(body: unknown, faults: readonly InputFault[]): void {
  if (faults.length > 0 && typeof body === 'object' && body !== null) found.set(body, faults);
}

export function notedInexact(body: unknown): readonly InputFault[] {
  return typeof body === 'object' && body !== null ? (found.get(body) ?? []) : [];
}

/**
 * Numbers of a JSON text that `JSON.parse` changed: kept as they were read, they would be others than those that were sent.
 * @param prefix pointer to the value that the text is of
 * @param spared the outermost member that is taken from the text itself
 */
export function inexactNumbers(
  text: string,
  { prefix = '', spared }: { prefix?: string; spared?: string },
): InputFault[] {
  if (!mayHaveInexact(text)) return [];
  const faults: InputFault[] = [];
  const look = (value: unknown, pointer: string, isWhole: boolean): void => {
    if (faults.length > MOST_FAULTS || typeof value !== 'object' || value === null) return;
    if (value instanceof ExactNumber) return void faults.push({ pointer, code: 'out_of_range', message: INEXACT });
    for (const [name, member] of Object.entries(value)) {
      const below = `${pointer}/${pointerToken(name)}`;
      const fits = isWhole && below.length <= LONGEST_POINTER;
      look(member, fits ? below : pointer, fits);
    }
  };
  const body = parseExactly(text);
  const isObject = typeof body === 'object' && body !== null;
  look(isObject && spared !== undefined ? { ...body, [spared]: null } : body, prefix, true);
  return faults;
}

const INEXACT = 'Has more digits than a double holds: shorten it, or write it as text where text is taken.';
