/** Calls of the org's rolling 24 hours. Null where the answer does not tell: unknown is not zero. */
export function readApiUsage(limitInfo: string | undefined): { readonly used: number; readonly max: number } | null {
  const [, used, max] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(limitInfo ?? '') ?? [];
  return used === undefined ? null : { used: Number(used), max: Number(max) };
}
