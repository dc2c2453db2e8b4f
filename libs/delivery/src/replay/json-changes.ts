import { isSafeNumber, parse } from 'lossless-json';
import { canonicalJson, pointerToken, type Json } from '@hub/platform';

/** One place in which two JSON values differ. `undefined`: there is nothing. */
export interface JsonChange {
  /** JSON pointer (RFC 6901); '' for the whole. */
  readonly pointer: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** More than a person reads; that there are more is told apart. */
export const MOST_CHANGES = 200;

export interface JsonChanges {
  readonly changes: readonly JsonChange[];
  readonly more: boolean;
}

/**
 * Where two JSON texts differ, in the order of the first one, by meaning: not by the order of members or the way numbers
 * are written. Members of arrays are compared by their place. `null` for `before`: nothing was sent.
 */
export function jsonChanges(before: string | null, after: string): JsonChanges {
  const found: JsonChange[] = [];
  const now = parsed(after);
  if (before === null) found.push({ pointer: '', after: now });
  else compare(parsed(before), now, '', found);
  return { changes: found.slice(0, MOST_CHANGES), more: found.length > MOST_CHANGES };
}

function compare(before: Json, after: Json, pointer: string, found: JsonChange[]): void {
  if (found.length > MOST_CHANGES || canonicalJson(before) === canonicalJson(after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    const [left, right] = [before as readonly Json[], after as readonly Json[]];
    for (let index = 0; index < Math.max(left.length, right.length); index++)
      compareMember(left[index], right[index], `${pointer}/${index}`, found);
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compareMember(ownMember(before, name), ownMember(after, name), `${pointer}/${pointerToken(name)}`, found);
  } else found.push({ pointer, before, after });
}

function compareMember(before: Json | undefined, after: Json | undefined, pointer: string, found: JsonChange[]): void {
  if (before !== undefined && after !== undefined) compare(before, after, pointer, found);
  else if (before !== undefined) found.push({ pointer, before });
  else if (after !== undefined) found.push({ pointer, after });
}

function isObject(value: Json): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownMember(object: { readonly [member: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Numbers that a double cannot hold are compared as they are written. */
function parsed(text: string): Json {
  return parse(text, undefined, (number) => (isSafeNumber(number) ? Number(number) : number)) as Json;
}
