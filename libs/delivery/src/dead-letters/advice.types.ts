/** What a failure means and what to do about it, for a support person who knows neither the code nor the vendor's. */
export interface FailureAdvice {
  /** A few words, to be put after the code: `duplicate name`. */
  readonly title: string;
  /** What has happened, in a sentence or two. */
  readonly explanation: string;
  /** What to do, by whom. */
  readonly action: string;
}

/** What is known of a failure. */
export interface FailureFacts {
  readonly category: string | null;
  readonly code: string | null;
  /** Why the hub gave up, or why it waits. */
  readonly reason: string | null;
}
