/**
 * The circuit breaker of one connection, as a pure state machine. opossum was ruled out: it opens on a failure rate
 * over a rolling window and cannot count consecutive failures, and a filtered 429 closes its half-open state.
 *
 * The drain slot lets one worker at a time call a connection, so the state read with the slot and written back with the
 * settlement is the state of the whole cluster, and there is never more than one probe.
 */
export const FAILURES_TO_OPEN = 5;
export const OPEN_FOR_MS = 30_000;

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface Breaker {
  readonly state: BreakerState;
  readonly consecutiveFailures: number;
}

/**
 * `failure`: the system itself is in trouble (no connection, time-out, 5xx). `healthy`: it answered, be it with a
 * refusal of the record. `neutral`: a limit, an abort or an error of ours: says nothing either way.
 */
export type CallHealth = 'failure' | 'healthy' | 'neutral';

export const CLOSED: Breaker = { state: 'closed', consecutiveFailures: 0 };

export function recordCall(breaker: Breaker, health: CallHealth): Breaker {
  // Nothing is called while it is open: this is the answer to a call that began before, and says nothing of how things
  // are now. Only a probe may close it.
  if (health === 'neutral' || breaker.state === 'open') return breaker;
  if (health === 'healthy') return CLOSED;
  const consecutiveFailures = breaker.consecutiveFailures + 1;
  const opens = breaker.state === 'half_open' || consecutiveFailures >= FAILURES_TO_OPEN;
  return { state: opens ? 'open' : breaker.state, consecutiveFailures };
}

/** Called when a drain takes the slot of a breaker whose waiting time is over: one probe may pass. */
export function probe(breaker: Breaker): Breaker {
  return breaker.state === 'open' ? { ...breaker, state: 'half_open' } : breaker;
}
