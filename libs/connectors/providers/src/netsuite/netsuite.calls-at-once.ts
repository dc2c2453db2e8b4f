import { type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';

/** NetSuite says no time; calls of other integrations are over within seconds. */
const REFUSED_WAIT_MS = 5_000;
/** Accounts that are remembered. */
const MOST_ACCOUNTS = 2_000;

interface Account {
  inFlight: number;
  /** What NetSuite allows, once an administrator's login has been told. */
  max: number | null;
}

/**
 * NetSuite limits calls under way, over all integrations of an account, and says so to administrators alone. What is known
 * of it goes to the connection's budget: how many calls are under way, and that all workers wait after a refusal.
 */
export class CallsAtOnce {
  private readonly accounts = new Map<string, Account>();

  learn(key: string, max: number): void {
    this.of(key).max = max;
  }

  /** @returns what to call with the call's end. */
  begin(key: string, reportLimit: ConnectorContext['reportLimit']): (error: ConnectorError | null) => void {
    const account = this.of(key);
    account.inFlight++;
    report(account, reportLimit);
    return (error) => {
      account.inFlight--;
      report(account, reportLimit, error?.category === 'concurrency');
    };
  }

  private of(key: string): Account {
    const account = this.accounts.get(key) ?? { inFlight: 0, max: null };
    this.accounts.delete(key);
    this.accounts.set(key, account);
    const [oldest] = this.accounts.keys();
    if (this.accounts.size > MOST_ACCOUNTS && oldest !== undefined) this.accounts.delete(oldest);
    return account;
  }
}

function report({ inFlight, max }: Account, reportLimit: ConnectorContext['reportLimit'], isRefused = false): void {
  if (max === null) return;
  const limit = 'concurrent_calls';
  if (!isRefused) return reportLimit({ limit, used: inFlight, max });
  reportLimit({ limit, used: max, max, resetsAt: new Date(Date.now() + REFUSED_WAIT_MS).toISOString() });
}
