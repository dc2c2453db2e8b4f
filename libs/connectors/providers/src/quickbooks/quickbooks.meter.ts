import { type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';

/** https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features#limits-and-throttles */
export const CALLS_A_MINUTE = 500;
export const BATCHES_A_MINUTE = 40;
const CALLS_AT_ONCE = 10;
/** Where Intuit allows a company more calls a minute, as many more. */
const CALLS_A_SECOND = 10;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Companies that are remembered; one that was forgotten starts from nothing, and the vendor's own refusal is left. */
const MOST_COMPANIES = 2_000;

/** What the connection says that Intuit allows. */
export interface MinuteLimits {
  readonly calls_per_minute?: number;
  readonly batches_per_minute?: number;
}

interface Use {
  /** When calls were begun, within the last minute, in ms. */
  calls: number[];
  batches: number[];
  inFlight: number;
}

/**
 * QuickBooks says nothing of its limits until it refuses, so calls are counted here: this process holds back what it knows to
 * be too much, and all processes learn from the connection's budget what the others have used.
 */
export class CallMeter {
  private readonly companies = new Map<string, Use>();

  /** Until the second has room for one more call; whoever hears 0 enters at once. */
  restMs(company: string, { calls_per_minute: perMinute = CALLS_A_MINUTE }: MinuteLimits): number {
    const most = Math.max(CALLS_A_SECOND, Math.floor((CALLS_A_SECOND * perMinute) / CALLS_A_MINUTE));
    const { calls, batches } = this.of(company);
    const now = Date.now();
    const recent = [...calls.slice(-most), ...batches.slice(-most)]
      .filter((at) => at <= now && now - at < SECOND_MS)
      .sort((a, b) => a - b);
    const first = recent.at(-most);
    return first === undefined ? 0 : first + SECOND_MS - now;
  }

  /**
   * @returns what to call when the answer is there; an error where the minute is used up, and nothing may be sent.
   */
  enter(
    { reportLimit }: Pick<ConnectorContext, 'reportLimit'>,
    company: string,
    isBatch: boolean,
    config: MinuteLimits,
  ): Result<() => void, ConnectorError> {
    const use = this.of(company);
    const now = Date.now();
    const [limit, max, recent] = isBatch
      ? (['batches_per_minute', config.batches_per_minute ?? BATCHES_A_MINUTE, use.batches] as const)
      : (['calls_per_minute', config.calls_per_minute ?? CALLS_A_MINUTE, use.calls] as const);
    // Stamps of a clock that was set back count as old, or they would hold for ever.
    while (recent[0] !== undefined && (now - recent[0] >= MINUTE_MS || recent[0] > now)) recent.shift();
    const first = recent[0];
    if (first !== undefined && recent.length >= max) return err(usedUp(limit, max, first + MINUTE_MS - now));
    recent.push(now);
    use.inFlight++;
    const resetsAt = new Date((Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS).toISOString();
    reportLimit({ limit, used: 1, max, counted: true, resetsAt });
    reportLimit({ limit: 'concurrent_calls', used: use.inFlight, max: CALLS_AT_ONCE });
    return ok(() => {
      use.inFlight--;
      reportLimit({ limit: 'concurrent_calls', used: use.inFlight, max: CALLS_AT_ONCE });
    });
  }

  private of(company: string): Use {
    const known = this.companies.get(company);
    this.companies.delete(company);
    const use = known ?? { calls: [], batches: [], inFlight: 0 };
    this.companies.set(company, use);
    const [oldest] = this.companies.keys();
    if (this.companies.size > MOST_COMPANIES && oldest !== undefined) this.companies.delete(oldest);
    return use;
  }
}

function usedUp(limit: string, max: number, waitMs: number): ConnectorError {
  const what = limit === 'batches_per_minute' ? 'batches' : 'calls';
  return {
    category: 'rate_limited',
    code: limit,
    message: `The ${max} ${what} that QuickBooks allows in a minute are used up; nothing was sent`,
    retryAfterMs: waitMs,
  };
}
