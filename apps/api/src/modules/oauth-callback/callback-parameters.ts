const MOST_PARAMETERS = 30;
const LONGEST_VALUE = 4_000;

/**
 * The query that a vendor has sent a browser back with. Null when it cannot be trusted to mean one thing: a parameter that
 * is there twice (RFC 6749, 3.1), or more than any vendor sends.
 */
export function readParameters(url: string): Readonly<Record<string, string>> | null {
  const at = url.indexOf('?');
  const entries = [...new URLSearchParams(at < 0 ? '' : url.slice(at + 1))];
  if (entries.length > MOST_PARAMETERS) return null;
  const found = new Map<string, string>();
  for (const [name, value] of entries) {
    if (found.has(name) || name.length > 100 || value.length > LONGEST_VALUE) return null;
    found.set(name, value);
  }
  return Object.fromEntries(found);
}
