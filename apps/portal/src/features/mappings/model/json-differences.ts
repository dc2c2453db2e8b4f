import { escaped } from './schema-check';

export interface JsonDifference {
  readonly pointer: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Place by place, as the hub compares golden cases.
 * @param ignored JSON pointers: differences there and below do not count
 */
export function jsonDifferences(before: unknown, after: unknown, ignored: readonly string[] = []): JsonDifference[] {
  const found: JsonDifference[] = [];
  compare(before, after, '', found);
  return found.filter(({ pointer }) => !ignored.some((at) => pointer === at || pointer.startsWith(`${at}/`)));
}

function compare(before: unknown, after: unknown, pointer: string, found: JsonDifference[]): void {
  if (Object.is(before, after)) return;
  if (before === undefined) found.push({ pointer, kind: 'added', after });
  else if (after === undefined) found.push({ pointer, kind: 'removed', before });
  else if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(own(before, name), own(after, name), `${pointer}/${escaped(name)}`, found);
  } else if (before !== after) found.push({ pointer, kind: 'changed', before, after });
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
