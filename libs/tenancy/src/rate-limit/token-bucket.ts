/**
 * The tier limit as `api.md` states it: refill L a minute, capacity 2L, and never more than 2L in any 60 s.
 * A bare bucket would let 3L through in its first minute (2L at once, then the refill), hence the window beside it.
 *
 * The window counts whole seconds and looks 60 of them back beside the running one, so it is never laxer than stated.
 */
export const WINDOW_SECONDS = 60;

export interface BucketState {
  tokens: number;
  updatedMs: number;
  /** Admitted cost by second: `seconds[i]` holds the second since the epoch that `counts[i]` belongs to. */
  readonly seconds: number[];
  readonly counts: number[];
}

export interface LimitDecision {
  readonly allowed: boolean;
  /** Whole tokens left after the decision. */
  readonly remaining: number;
  /** Until this cost could be admitted; once it was, until more than `remaining` could. */
  readonly waitMs: number;
  /** Which promise makes it wait. */
  readonly binding: 'sustained' | 'burst';
}

export function newBucket(limitPerMinute: number, nowMs: number): BucketState {
  return {
    tokens: limitPerMinute * 2,
    updatedMs: nowMs,
    seconds: new Array<number>(WINDOW_SECONDS + 1).fill(-1),
    counts: new Array<number>(WINDOW_SECONDS + 1).fill(0),
  };
}

/** Takes `cost` tokens or none. A cost above the capacity is refused for good: it is told the wait of the whole capacity. */
export function takeTokens(state: BucketState, limitPerMinute: number, cost: number, nowMs: number): LimitDecision {
  const capacity = limitPerMinute * 2;
  const elapsed = Math.max(0, nowMs - state.updatedMs);
  state.tokens = Math.min(capacity, state.tokens + (elapsed * limitPerMinute) / 60_000);
  state.updatedMs = Math.max(state.updatedMs, nowMs);

  const second = Math.floor(nowMs / 1000);
  const inWindow = admittedSince(state, second - WINDOW_SECONDS);
  const windowLeft = capacity - inWindow;
  if (cost <= state.tokens && cost <= windowLeft) {
    state.tokens -= cost;
    const slot = second % (WINDOW_SECONDS + 1);
    if (state.seconds[slot] !== second) {
      state.seconds[slot] = second;
      state.counts[slot] = 0;
    }
    state.counts[slot] = (state.counts[slot] ?? 0) + cost;
    const left = windowLeft - cost;
    const remaining = Math.floor(Math.min(state.tokens, left));
    return { allowed: true, remaining, ...waitFor(state, limitPerMinute, remaining + 1, left, nowMs) };
  }
  const remaining = Math.max(0, Math.floor(Math.min(state.tokens, windowLeft)));
  return { allowed: false, remaining, ...waitFor(state, limitPerMinute, cost, windowLeft, nowMs) };
}

function waitFor(
  state: BucketState,
  limitPerMinute: number,
  cost: number,
  windowLeft: number,
  nowMs: number,
): Pick<LimitDecision, 'waitMs' | 'binding'> {
  const wanted = Math.min(cost, limitPerMinute * 2);
  // One more than the floor, not the ceiling: sums of fractions may end a hair below what they should be.
  const missing = wanted - state.tokens;
  const tokenWait = missing > 0 ? Math.floor((missing * 60_000) / limitPerMinute) + 1 : 0;
  const windowWait = wanted > windowLeft ? waitForWindow(state, wanted - windowLeft, nowMs) : 0;
  return { waitMs: Math.max(tokenWait, windowWait, 1), binding: windowWait > tokenWait ? 'burst' : 'sustained' };
}

function admittedSince(state: BucketState, oldestSecond: number): number {
  let sum = 0;
  for (let slot = 0; slot <= WINDOW_SECONDS; slot++) {
    if ((state.seconds[slot] ?? -1) >= oldestSecond) sum += state.counts[slot] ?? 0;
  }
  return sum;
}

/** When enough of the oldest seconds have left the window to free `needed`. */
function waitForWindow(state: BucketState, needed: number, nowMs: number): number {
  const now = Math.floor(nowMs / 1000);
  let freed = 0;
  for (let second = now - WINDOW_SECONDS; second <= now; second++) {
    const slot = second % (WINDOW_SECONDS + 1);
    if (state.seconds[slot] === second) freed += state.counts[slot] ?? 0;
    if (freed >= needed) return Math.max(1, (second + WINDOW_SECONDS + 1) * 1000 - nowMs);
  }
  return WINDOW_SECONDS * 1000;
}
