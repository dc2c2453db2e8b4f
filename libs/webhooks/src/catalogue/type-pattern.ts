/** What an endpoint wants to hear of: a type (`delivery.dead`), all of a family (`delivery.*`), or everything (`*`). */
export function matchesType(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/** The same pattern for SQL's LIKE, in which `_` stands for any character and must be escaped. */
export function likePatternOf(pattern: string): string {
  return pattern.replaceAll('_', '\\_').replace(/\*$/, '%');
}
