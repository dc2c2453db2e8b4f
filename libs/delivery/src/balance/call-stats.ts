import { silentLogger, type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type AttemptSeen } from '../drain/drain.ports';
import { addUsageCounts } from './usage.repository';

const FLUSH_EVERY_MS = 10_000;
const HOUR_MS = 3_600_000;
export const SLOT_MS = 5 * 60_000;
export const SLOTS = HOUR_MS / SLOT_MS;

interface Counted {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly hour: number;
  readonly calls: number[];
  readonly failures: number[];
}

/**
 * How many calls each connection's system was sent, and how many failed, added up in memory and written every ten seconds:
 * a drain must not pay for figures. A record that goes in a bulk call counts as one call. What a vendor's limit put off is
 * a call, and no failure.
 */
export class CallStats {
  private counted = new Map<string, Counted>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private readonly logger: Logger;

  constructor(
    private readonly tenants: TenantDb,
    logger?: Logger,
  ) {
    this.logger = logger ?? silentLogger;
  }

  start(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.flush();
  }

  attempted(attempt: Pick<AttemptSeen, 'tenantId' | 'connectionId' | 'outcome'>, nowMs = Date.now()): void {
    const hour = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const key = `${attempt.connectionId} ${hour}`;
    let entry = this.counted.get(key);
    if (entry === undefined) {
      const { tenantId, connectionId } = attempt;
      entry = { tenantId, connectionId, hour, calls: zeros(), failures: zeros() };
      this.counted.set(key, entry);
    }
    const slot = Math.floor((nowMs - hour) / SLOT_MS);
    entry.calls[slot] = (entry.calls[slot] ?? 0) + 1;
    if (attempt.outcome === 'failed') entry.failures[slot] = (entry.failures[slot] ?? 0) + 1;
  }

  /** Never rejects: figures that cannot be written are dropped and said to be. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const batch = [...this.counted.values()];
    this.counted = new Map();
    const byTenant = new Map<string, Counted[]>();
    for (const entry of batch) byTenant.set(entry.tenantId, [...(byTenant.get(entry.tenantId) ?? []), entry]);
    for (const [tenantId, entries] of byTenant) {
      await this.tenants
        .run(tenantId, (tx) => addCalls(tx, entries), { relaxedDurability: true })
        .catch((error: unknown) => this.logger.warn('figures of calls were lost', { tenant_id: tenantId, error }));
    }
  }
}

const ADD_CALLS = `
insert into connection_stats as s (tenant_id, connection_id, hour, calls, failures)
select $1, i.connection_id, i.hour, i.calls::int[], i.failures::int[]
from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[]) as i(connection_id, hour, calls, failures)
order by i.connection_id, i.hour
on conflict (tenant_id, connection_id, hour) do update set
  calls = array(select a + b from unnest(s.calls, excluded.calls) with ordinality as u(a, b, i) order by i),
  failures = array(select a + b from unnest(s.failures, excluded.failures) with ordinality as u(a, b, i) order by i)`;

/** In the order of ids, so that two workers never deadlock. A deleted connection keeps its row, so none is refused. */
async function addCalls(tx: TenantTx, entries: readonly Counted[]): Promise<void> {
  await tx.query(
    ADD_CALLS,
    [
      tx.tenantId,
      entries.map((entry) => entry.connectionId),
      entries.map((entry) => new Date(entry.hour)),
      entries.map((entry) => `{${entry.calls.join(',')}}`),
      entries.map((entry) => `{${entry.failures.join(',')}}`),
    ],
    'add_calls',
  );
  for (const hour of [...new Set(entries.map((entry) => entry.hour))].sort((a, b) => a - b)) {
    const within = entries.filter((entry) => entry.hour === hour);
    const calls = sum(within.flatMap((entry) => entry.calls));
    const failedCalls = sum(within.flatMap((entry) => entry.failures));
    await addUsageCounts(tx, new Date(hour), { calls, failedCalls });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function zeros(): number[] {
  return new Array<number>(SLOTS).fill(0);
}
