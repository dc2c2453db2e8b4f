export interface RestartLimits {
  /** Delay before the first restart, in milliseconds; doubled for each further crash within the window. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** So many crashes within the window are made good; one more ends it. */
  readonly maxCrashes: number;
  readonly windowMs: number;
}

export const DEFAULT_LIMITS: RestartLimits = {
  firstDelayMs: 1_000,
  maxDelayMs: 16_000,
  maxCrashes: 5,
  windowMs: 60_000,
};

export type RestartDecision = { readonly kind: 'restart'; readonly delayMs: number } | { readonly kind: 'give_up' };

/** Decides after each crash of one service; what lies further back than the window is forgiven. */
export class RestartPolicy {
  private crashes: number[] = [];

  constructor(private readonly limits: RestartLimits = DEFAULT_LIMITS) {}

  /** @param now milliseconds of any clock that only goes forward */
  afterCrash(now: number): RestartDecision {
    const { firstDelayMs, maxDelayMs, maxCrashes, windowMs } = this.limits;
    this.crashes = [...this.crashes.filter((at) => now - at < windowMs), now];
    if (this.crashes.length > maxCrashes) return { kind: 'give_up' };
    return { kind: 'restart', delayMs: Math.min(firstDelayMs * 2 ** (this.crashes.length - 1), maxDelayMs) };
  }
}
