/** What is left of the limit that an answer was counted against. */
export interface RateLimitState {
  readonly left: number;
  /** What there is when nothing was used: twice what comes back in a minute. */
  readonly most: number;
}

/** From the headers `RateLimit` and `RateLimit-Policy`, as in `"api";r=57` and `"api";q=60;w=60`. */
export function rateLimitOf(headers: Headers): RateLimitState | null {
  const left = figureOf(headers.get('ratelimit'), 'r');
  const limit = figureOf(headers.get('ratelimit-policy'), 'q');
  return left === null || limit === null ? null : { left, most: limit * 2 };
}

function figureOf(header: string | null, name: string): number | null {
  const found = new RegExp(`;\\s*${name}=(\\d+)`).exec(header ?? '')?.[1];
  return found === undefined ? null : Number(found);
}
