/** What a vendor says about one of an account's limits. */
export interface LimitReading {
  /** `daily_calls`, `concurrent_calls`, `calls_per_minute`: shown to people, and what readings are kept by. */
  readonly limit: string;
  readonly used: number;
  /**
   * For vendors that limit and do not tell: `used` is what was used since the reading before, of the window that ends at
   * `resetsAt`. The hub adds up what all its processes say of one window, so they must agree on its end (a full minute).
   */
  readonly counted?: true;
  readonly max: number;
  /** RFC 3339, where the vendor says when it starts anew. */
  readonly resetsAt?: string;
}
