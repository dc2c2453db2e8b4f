import { type core, type ZodError } from 'zod';
import { pointerToken, type InputFault } from '@hub/platform';

/** Every fault of a zod check of `value`, with a JSON pointer (RFC 6901) each. */
export function faultsOf(error: ZodError, value: unknown, prefix = ''): InputFault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, value, prefix));
}

function faultsOfIssue(issue: core.$ZodIssue, value: unknown, prefix: string): InputFault[] {
  const pointer = prefix + toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField(pointer, key));
  }
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) {
    return [{ pointer, code: 'required', message: 'This field is needed.' }];
  }
  return [{ pointer, code: issue.code, message: issue.message }];
}

export function unknownField(parent: string, name: string): InputFault {
  return {
    pointer: `${parent}/${pointerToken(name)}`,
    code: 'unknown_field',
    message: `There is no field "${name}" here.`,
  };
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
