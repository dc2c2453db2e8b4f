/**
 * Which event types a route wants: an exact type, or a pattern in which `*` stands for any run of characters, dots
 * included: `invoice.*`, `*.created`, `*`.
 */
const PATTERN = /^(\*|[A-Za-z0-9_-]+)(\.(\*|[A-Za-z0-9_-]+))*$/;

export const EVENT_TYPE = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
export const EVENT_TYPE_MAX_LENGTH = 100;

export function isEventTypePattern(text: string): boolean {
  return text.length <= EVENT_TYPE_MAX_LENGTH && PATTERN.test(text);
}

/** The same pattern for SQL's LIKE. `_` is a wildcard there and must be escaped. */
export function toLikePattern(pattern: string): string {
  return pattern.replace(/[\\%_]/g, (character) => `\\${character}`).replaceAll('*', '%');
}

/** The same decision outside the database, for explanations. Linear: each part is looked for once, from left to right. */
export function matchesEventType(pattern: string, type: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return type === pattern;
  const last = parts[parts.length - 1] ?? '';
  if (!type.startsWith(first) || !type.endsWith(last) || type.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = type.indexOf(part, position);
    if (found < 0 || found + part.length > type.length - last.length) return false;
    position = found + part.length;
  }
  return true;
}
