import { pointerToken, type Json } from '@hub/platform';

/** One place where two JSON values are not the same. `pointer` is a JSON pointer (RFC 6901), `''` for the whole. */
export interface JsonDifference {
  readonly pointer: string;
  /** `added`: only `after` has it. `removed`: only `before` has it. */
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * Everything by which `after` is not `before`. The order of an object's members is no difference; elements of a list are
 * compared by their place. Applied one after the other to `before`, the differences give `after`: elements that are gone
 * come last element first.
 */
export function differencesOf(before: Json, after: Json): JsonDifference[] {
  const found: JsonDifference[] = [];
  compare(before, after, '', found);
  return found;
}

/** Without those at one of the pointers, or below it. */
export function withoutPointers(
  differences: readonly JsonDifference[],
  pointers: readonly string[],
): readonly JsonDifference[] {
  if (pointers.length === 0) return differences;
  return differences.filter(
    ({ pointer }) => !pointers.some((ignored) => pointer === ignored || pointer.startsWith(`${ignored}/`)),
  );
}

function compare(before: Json, after: Json, pointer: string, found: JsonDifference[]): void {
  if (before === after) return;
  if (isList(before) && isList(after)) compareLists(before, after, pointer, found);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, pointer, found);
  else found.push({ pointer, kind: 'changed', before, after });
}

function compareLists(before: readonly Json[], after: readonly Json[], pointer: string, found: JsonDifference[]): void {
  const common = Math.min(before.length, after.length);
  for (let index = 0; index < common; index++) {
    compare(before[index] as Json, after[index] as Json, `${pointer}/${index}`, found);
  }
  for (let index = before.length - 1; index >= common; index--) {
    found.push({ pointer: `${pointer}/${index}`, kind: 'removed', before: before[index] });
  }
  for (let index = common; index < after.length; index++) {
    found.push({ pointer: `${pointer}/${index}`, kind: 'added', after: after[index] });
  }
}

function compareObjects(before: JsonMembers, after: JsonMembers, pointer: string, found: JsonDifference[]): void {
  // By own members alone: a member may be called "__proto__" or "constructor".
  for (const [name, value] of Object.entries(before)) {
    const below = `${pointer}/${pointerToken(name)}`;
    if (Object.hasOwn(after, name)) compare(value, after[name] as Json, below, found);
    else found.push({ pointer: below, kind: 'removed', before: value });
  }
  for (const [name, value] of Object.entries(after)) {
    if (Object.hasOwn(before, name)) continue;
    found.push({ pointer: `${pointer}/${pointerToken(name)}`, kind: 'added', after: value });
  }
}

type JsonMembers = { readonly [member: string]: Json };

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
