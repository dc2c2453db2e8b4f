import { type core, type ZodError } from 'zod';
import { pointerToken, type InputFault } from '@hub/platform';

/** So many faults of one request are named. An answer must not grow with what somebody sends to be refused. */
export const MOST_FAULTS = 100;
/** A name that is longer is not repeated. */
const LONGEST_NAME = 100;

/**
 * The faults of a zod check of `value`, with a JSON pointer (RFC 6901) each, the first `most` of them.
 * @param error undefined where the check found nothing
 * @param others found in the same value by another check, with whole pointers; they come last
 */
export function faultsOf(
  error: ZodError | undefined,
  value: unknown,
  prefix = '',
  most = MOST_FAULTS,
  others: readonly InputFault[] = [],
): InputFault[] {
  const faults: InputFault[] = [];
  let left = 0;
  for (const issue of error?.issues ?? []) {
    const room = most - faults.length;
    const count = issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
    if (room > 0) faults.push(...faultsOfIssue(issue, value, prefix, room));
    left += Math.max(0, count - room);
  }
  const named = others.slice(0, most - faults.length);
  faults.push(...named);
  left += others.length - named.length;
  return left === 0 ? faults : [...faults, moreFaults(left, prefix)];
}

/** The first faults of a list that may have come from many places. */
export function firstFaults(faults: readonly InputFault[]): readonly InputFault[] {
  if (faults.length <= MOST_FAULTS) return faults;
  // The word of what a check left out itself stays.
  if (faults.length === MOST_FAULTS + 1 && faults.at(-1)?.code === MORE_FAULTS) return faults;
  return [...faults.slice(0, MOST_FAULTS), moreFaults(faults.length - MOST_FAULTS)];
}

const MORE_FAULTS = 'more_faults';

/** Of what `pointer` leads to; without one of the whole body. */
function moreFaults(left: number, pointer = ''): InputFault {
  return { pointer, code: MORE_FAULTS, message: `At least ${left} more are not named.` };
}

function faultsOfIssue(issue: core.$ZodIssue, value: unknown, prefix: string, most: number): InputFault[] {
  const pointer = prefix + toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, most).map((key) => unknownField(pointer, key));
  }
  const isUnion = issue.code === 'invalid_union';
  if ((isUnion || issue.code === 'invalid_type') && valueAt(value, issue.path) === undefined) {
    return [{ pointer, code: 'required', message: 'This field is needed.' }];
  }
  // Each union has a sentence of its own, which says what it takes.
  return [{ pointer, code: isUnion ? 'invalid_value' : issue.code, message: issue.message }];
}

export function unknownField(parent: string, name: string): InputFault {
  const code = 'unknown_field';
  if (name.length > LONGEST_NAME)
    return { pointer: parent, code, message: `There is no field with a name of ${name.length} characters here.` };
  return { pointer: `${parent}/${pointerToken(name)}`, code, message: `There is no field "${name}" here.` };
}

export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${pointerToken(String(part))}`).join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}
