/** JSON that `jsonb` takes: PostgreSQL holds neither NUL nor half a surrogate pair, and vendors send both. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd');
}
