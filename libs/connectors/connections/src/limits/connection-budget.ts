import { type LimitReading } from '@hub/connector-sdk';
import { silentLogger, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type LimitSink } from '../oauth/connector-context';
import {
  addLimits,
  findConnectionWait,
  keepLimits,
  waitForLimit,
  type ConnectionWait,
  type ObservedLimit,
} from './connection-limits.repository';

const LONGEST_NAME = 100;

export interface ConnectionBudgetOptions {
  readonly tenants: TenantDb;
  readonly logger?: Logger;
  /** Least time between two writes for one connection, in ms. Default 1,000. */
  readonly writeEveryMs?: number;
}

interface Waiting {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly readings: Map<string, ObservedLimit>;
  timer: NodeJS.Timeout | null;
  writing: Promise<void> | null;
  lastWriteMs: number;
}

/**
 * What vendors say about their accounts' limits, shared by all processes through the database. Readings are written behind
 * and coalesced: a call never waits for it, and a hundred calls a second cost one write.
 *
 * When a reading says that a limit is used up until a stated time, the connection waits until then: deliveries because a
 * drain takes no slot before `resume_at`, pulls because they ask `waitOf` first.
 */
export class ConnectionBudget implements LimitSink {
  private readonly connections = new Map<string, Waiting>();
  private readonly tenants: TenantDb;
  private readonly logger: Logger;
  private readonly writeEveryMs: number;
  private isClosed = false;

  constructor(options: ConnectionBudgetOptions) {
    this.tenants = options.tenants;
    this.logger = options.logger ?? silentLogger;
    this.writeEveryMs = options.writeEveryMs ?? 1_000;
  }

  report(tenantId: string, connectionId: string, reading: LimitReading): void {
    if (this.isClosed || !isSane(reading)) return;
    const key = `${tenantId} ${connectionId}`;
    let waiting = this.connections.get(key);
    if (waiting === undefined) {
      waiting = { tenantId, connectionId, readings: new Map(), timer: null, writing: null, lastWriteMs: 0 };
      this.connections.set(key, waiting);
    }
    const before = waiting.readings.get(reading.limit);
    const isSameWindow = reading.counted === true && before?.counted === true && before.resetsAt === reading.resetsAt;
    const used = reading.used + (isSameWindow ? before.used : 0);
    waiting.readings.set(reading.limit, { ...reading, used, observedAtMs: Date.now() });
    this.schedule(waiting);
  }

  /** Until when nobody may call this connection's system; null when it may be called now. Ask before each pull. */
  waitOf(tenantId: string, connectionId: string): Promise<ConnectionWait | null> {
    return this.tenants.run(tenantId, (tx) => findConnectionWait(tx, connectionId));
  }

  /** Writes what is waiting, and takes no more. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(
      [...this.connections.values()].map(async (waiting) => {
        if (waiting.timer !== null) clearTimeout(waiting.timer);
        waiting.timer = null;
        await waiting.writing;
        await this.write(waiting);
      }),
    );
  }

  private schedule(waiting: Waiting): void {
    if (waiting.timer !== null || waiting.writing !== null) return;
    const delayMs = Math.max(0, waiting.lastWriteMs + this.writeEveryMs - Date.now());
    waiting.timer = setTimeout(() => {
      waiting.timer = null;
      waiting.writing = this.write(waiting).finally(() => {
        waiting.writing = null;
        if (waiting.readings.size > 0 && !this.isClosed) this.schedule(waiting);
        else if (waiting.timer === null) this.forgetLater(waiting);
      });
    }, delayMs);
    waiting.timer.unref();
  }

  /** Kept for as long as its last write spaces the next one. */
  private forgetLater(waiting: Waiting): void {
    if (this.isClosed) return;
    const key = `${waiting.tenantId} ${waiting.connectionId}`;
    setTimeout(() => {
      const isIdle = waiting.readings.size === 0 && waiting.timer === null && waiting.writing === null;
      if (isIdle && this.connections.get(key) === waiting) this.connections.delete(key);
    }, this.writeEveryMs).unref();
  }

  /** Never rejects: a reading that is lost is followed by the next one. */
  private async write(waiting: Waiting): Promise<void> {
    const { tenantId, connectionId } = waiting;
    const readings = [...waiting.readings.values()];
    if (readings.length === 0) return;
    waiting.readings.clear();
    waiting.lastWriteMs = Date.now();
    try {
      await this.tenants.run(
        tenantId,
        async (tx) => {
          const told = readings.filter(({ counted }) => counted !== true);
          await keepLimits(tx, connectionId, told);
          const sums = await addLimits(
            tx,
            connectionId,
            readings.filter(({ counted }) => counted === true),
          );
          const until = exhaustedUntil([...told, ...sums]);
          if (until !== null) await waitForLimit(tx, connectionId, until);
        },
        { relaxedDurability: true },
      );
    } catch (error) {
      this.logger.warn('limits of a connection could not be kept', {
        tenant_id: tenantId,
        connection_id: connectionId,
        error,
      });
    }
  }
}

/** The latest time at which a limit that is used up starts anew. Those that do not say end with the vendor's own refusal. */
function exhaustedUntil(readings: readonly LimitReading[]): string | null {
  const ends = readings.flatMap(({ used, max, resetsAt }) => (used >= max && resetsAt !== undefined ? [resetsAt] : []));
  return ends.reduce<string | null>(
    (latest, end) => (latest === null || Date.parse(end) > Date.parse(latest) ? end : latest),
    null,
  );
}

function isSane({ limit, used, max, resetsAt, counted }: LimitReading): boolean {
  return (
    (counted !== true || resetsAt !== undefined) &&
    limit !== '' &&
    limit.length <= LONGEST_NAME &&
    [used, max].every((figure) => Number.isFinite(figure) && figure >= 0 && figure <= Number.MAX_SAFE_INTEGER) &&
    max > 0 &&
    (resetsAt === undefined || !Number.isNaN(Date.parse(resetsAt)))
  );
}
