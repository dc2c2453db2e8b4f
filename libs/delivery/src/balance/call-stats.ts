import { silentLogger, uuidTimeMs, type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type AttemptSeen } from '../drain/drain.ports';
import { healthFor } from '../settle/verdicts';
import { countDuration, type DurationCounts } from './duration-counts';
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
  readonly arrived: DurationCounts;
  readonly took: DurationCounts;
}

/** Of an attempt, what is counted. */
export type CountedAttempt = Pick<AttemptSeen, 'tenantId' | 'connectionId' | 'outcome' | 'error' | 'durationMs'> & {
  readonly delivery: Pick<AttemptSeen['delivery'], 'id'>;
};

/**
 * How many calls each connection's system was sent, how many failed and how long they took, added up in memory and written every ten seconds:
 * a drain must not pay for figures. A record that goes in a bulk call counts as one call. What a vendor's limit put off is
 * a call, and no failure; a probe of a system that is still down is one, though it spends no attempt.
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

  attempted(attempt: CountedAttempt, nowMs = Date.now()): void {
    const hour = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const key = `${attempt.connectionId} ${hour}`;
    let entry = this.counted.get(key);
    if (entry === undefined) {
      const { tenantId, connectionId } = attempt;
      entry = { tenantId, connectionId, hour, calls: zeros(), failures: zeros(), arrived: [], took: [] };
      this.counted.set(key, entry);
    }
    const slot = Math.floor((nowMs - hour) / SLOT_MS);
    entry.calls[slot] = (entry.calls[slot] ?? 0) + 1;
    if (isFailure(attempt)) entry.failures[slot] = (entry.failures[slot] ?? 0) + 1;
    countDuration(entry.took, attempt.durationMs);
    if (attempt.outcome === 'succeeded') countDuration(entry.arrived, nowMs - uuidTimeMs(attempt.delivery.id));
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

function isFailure({ outcome, error }: CountedAttempt): boolean {
  return outcome === 'failed' || (error !== null && healthFor(error.category) === 'failure');
}

const ADD_CALLS = `
insert into connection_stats as s (tenant_id, connection_id, hour, calls, failures, arrived, took)
select $1, i.connection_id, i.hour, i.calls::int[], i.failures::int[], i.arrived::int[], i.took::int[]
from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
  as i(connection_id, hour, calls, failures, arrived, took)
order by i.connection_id, i.hour
on conflict (tenant_id, connection_id, hour) do update set
  ${['calls', 'failures', 'arrived', 'took'].map(sumOf).join(',\n  ')}`;

/** Place by place; the shorter one counts as nothing beyond its end. */
function sumOf(counts: string): string {
  return `${counts} = array(select coalesce(a, 0) + coalesce(b, 0)
    from unnest(s.${counts}, excluded.${counts}) with ordinality as u(a, b, i) order by i)`;
}

/** In the order of ids, so that two workers never deadlock. A deleted connection keeps its row, so none is refused. */
async function addCalls(tx: TenantTx, entries: readonly Counted[]): Promise<void> {
  await tx.query(
    ADD_CALLS,
    [
      tx.tenantId,
      entries.map((entry) => entry.connectionId),
      entries.map((entry) => new Date(entry.hour)),
      ...(['calls', 'failures', 'arrived', 'took'] as const).map((counts) =>
        entries.map((entry) => `{${entry[counts].join(',')}}`),
      ),
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
