/** Whether a route of this pattern takes events of this type: `*` stands for any run of characters, as in the API. */
export function matchesPattern(pattern: string, type: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(type);
}
