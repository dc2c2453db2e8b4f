import { ExactNumber, mayHaveInexact, parseExactly, pointerToken, type InputFault } from '@hub/platform';
import { MOST_FAULTS } from './zod-faults';

/**
 * Numbers of a body that `JSON.parse` changed: kept as they were read, they would be another setting than the one that was sent.
 * @param spared the outermost member that is taken from the text itself
 */
export function inexactNumbers(text: string, spared: string | undefined): InputFault[] {
  if (!mayHaveInexact(text)) return [];
  const faults: InputFault[] = [];
  const look = (value: unknown, pointer: string): void => {
    if (faults.length > MOST_FAULTS || typeof value !== 'object' || value === null) return;
    if (value instanceof ExactNumber)
      faults.push({ pointer, code: 'out_of_range', message: 'More than a double holds exactly: write it as text.' });
    else for (const [name, member] of Object.entries(value)) look(member, `${pointer}/${pointerToken(name)}`);
  };
  const body = parseExactly(text);
  const isObject = typeof body === 'object' && body !== null;
  look(isObject && spared !== undefined ? { ...body, [spared]: null } : body, '');
  return faults;
}
