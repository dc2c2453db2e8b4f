import { OPEN_FOR_MS, recordCall, type Breaker } from '../breaker/breaker';
import { type ConnectionWait, type RuntimeChange } from '../claim/slot';
import { describeFailure } from '../settle/settlement-policy';
import { callHealth, connectionWait, verdictFor } from '../settle/verdicts';
import { type SendError, type SendResult } from './drain.ports';

/** What one drain learns of its connection's system, call by call: breaker, limits, refused credentials. */
export class VendorHealth {
  private breakerChanged = false;
  private wait: ConnectionWait | null = null;
  private succeeded = false;
  private lastError: SendError | null = null;
  private refusal: SendError | null = null;
  private calls: number;
  /** As the bus has been told: a probe is no news. */
  private told: 'open' | 'closed';

  constructor(private current: Breaker) {
    this.told = current.state === 'closed' ? 'closed' : 'open';
    this.calls = current.state === 'half_open' ? 1 : Number.MAX_SAFE_INTEGER;
  }

  get breaker(): Breaker {
    return this.current;
  }

  /** Calls allowed at once: grows from one after a breaker's probe, so that a system that comes back is not flooded. */
  get allowance(): number {
    return this.calls;
  }

  /** Set when the vendor has withdrawn our access. */
  get reauth(): SendError | null {
    return this.refusal;
  }

  /** Nothing may be sent any more in this drain. */
  get mustPause(): boolean {
    return this.current.state === 'open' || this.wait !== null || this.refusal !== null;
  }

  record(results: readonly SendResult[]): void {
    const before = this.current;
    this.current = recordCall(before, callHealth(results));
    if (this.current.state !== before.state || this.current.consecutiveFailures !== before.consecutiveFailures)
      this.breakerChanged = true;
    if (this.current.state === 'closed') this.calls = Math.min(this.calls * 2, Number.MAX_SAFE_INTEGER);
    for (const result of results) {
      if (result.ok) this.succeeded = true;
      else this.recordFailure(result.error);
    }
  }

  /** What has changed since the last time; `null` for nothing. */
  takeChange(): RuntimeChange | null {
    if (!this.breakerChanged && this.wait === null && !this.succeeded && this.lastError === null) return null;
    const opens = this.breakerChanged && this.current.state === 'open';
    const change: RuntimeChange = {
      breaker: this.current,
      wait: opens ? longer({ reason: 'breaker_open', waitMs: OPEN_FOR_MS }, this.wait) : this.wait,
      succeeded: this.succeeded,
      lastError: this.lastError === null ? null : JSON.stringify(describeLast(this.lastError)),
      transition: this.takeTransition(),
    };
    this.breakerChanged = false;
    this.succeeded = false;
    this.lastError = null;
    return change;
  }

  private takeTransition(): RuntimeChange['transition'] {
    const { state } = this.current;
    if (state === 'half_open' || state === this.told) return null;
    this.told = state;
    return state === 'open' ? 'opened' : 'closed';
  }

  private recordFailure(error: SendError): void {
    this.lastError = error;
    const wait = connectionWait(error);
    if (wait !== null) this.wait = longer(wait, this.wait);
    if (verdictFor(error.category) === 'reauth') this.refusal = error;
  }
}

function longer(one: ConnectionWait, other: ConnectionWait | null): ConnectionWait {
  return other === null || one.waitMs > other.waitMs ? one : other;
}

function describeLast(error: SendError): object {
  const { httpStatus, retryAfterMs } = error;
  return {
    ...describeFailure(error),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
