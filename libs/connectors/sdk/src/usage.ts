/** What a vendor says about one of an account's limits. */
export interface LimitReading {
  /** `daily_calls`, `concurrent_calls`, `calls_per_minute`: shown to people, and what readings are kept by. */
  readonly limit: string;
  readonly used: number;
  readonly max: number;
  /** RFC 3339, where the vendor says when it starts anew. */
  readonly resetsAt?: string;
}
