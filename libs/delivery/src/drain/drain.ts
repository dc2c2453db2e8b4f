import { newUuid, silentLogger, type DrainTarget, type Logger } from '@hub/platform';
import { classifyDatabaseError } from '@hub/database';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { claimDue, hasSuspects, type Claim } from '../claim/claim';
import { recoverOrphans } from '../claim/recover-orphans';
import {
  holdSlot,
  releaseSlot,
  SLOT_LEASE_MS,
  takeSlot,
  writeRuntime,
  type RuntimeChange,
  type Slot,
} from '../claim/slot';
import { settle } from '../settle/settle';
import { settlePoison } from '../settle/settlement-policy';
import { type Settlement } from '../settle/settle.types';
import {
  type ConnectionPort,
  type DeliveryMapper,
  type DrainObserver,
  type OpenConnection,
  type SendError,
} from './drain.ports';
import { DrainRun } from './drain-run';

/** Who is told that a connection has more to do. */
export interface Ringer {
  ring(target: DrainTarget): void;
  ringLater(target: DrainTarget, delayMs: number): Promise<boolean>;
}

export interface DrainDependencies {
  readonly tenantDb: TenantDb;
  readonly mapper: DeliveryMapper;
  readonly connections: ConnectionPort;
  readonly bell: Ringer;
  readonly observer: DrainObserver;
  readonly workerId: string;
  readonly logger?: Logger;
}

export interface DrainLimits {
  /** A drain stops claiming after this long, so that connections take turns. */
  readonly budgetMs: number;
  /** Most deliveries held by one drain at once. */
  readonly mostClaimed: number;
}

export const DEFAULT_DRAIN_LIMITS: DrainLimits = { budgetMs: 1_000, mostClaimed: 1_000 };

interface NextDue {
  now: boolean;
  wait_ms: string | null;
}

/** Until the earliest waiting delivery is due and the connection may be called; `now` when that is already so. */
const NEXT_DUE = `
select greatest(d.next_attempt_at, coalesce(r.resume_at, '-infinity')) <= now() as now,
       extract(epoch from greatest(d.next_attempt_at, coalesce(r.resume_at, '-infinity')) - now()) * 1000 as wait_ms
from connection_runtime r
cross join lateral (
  select next_attempt_at from deliveries
  where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying')
  order by next_attempt_at limit 1
) d
where r.tenant_id = $1 and r.connection_id = $2`;

/**
 * Drains one connection: claim → map → deliver → settle, as a pipeline whose calls do not wait for the slowest of a
 * slice. At any moment one drain at most runs for a connection, in the whole cluster: the slot sees to it.
 */
export class Drainer {
  private readonly stopping = new AbortController();
  private readonly logger: Logger;

  constructor(
    private readonly dependencies: DrainDependencies,
    private readonly limits: DrainLimits = DEFAULT_DRAIN_LIMITS,
  ) {
    this.logger = dependencies.logger ?? silentLogger;
  }

  /** Stops claiming. Calls under way are given `graceMs` to end before they are cut. */
  stop(): void {
    this.stopping.abort();
  }

  async drain(target: DrainTarget): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const opened = await this.dependencies.connections.open(target.tenantId, target.connectionId);
    const connection = opened.ok ? opened.value : brokenConnection(opened.error);
    const start = await this.begin(target, connection);
    if (start === null) return;
    const session = new SlotSession(this.dependencies, target, start.slot, this.logger);
    const keeping = session.keepAlive();
    try {
      await new DrainRun(this.dependencies, this.limits, target, session, connection, this.stopping.signal).run(start);
      // Only after a good end: were the slot let go while calls are under way, another drain would repeat them at once.
      await this.end(target, session);
    } finally {
      clearInterval(keeping);
    }
  }

  /** Slot, what a dead process left behind, and the first claim, in one transaction: a lone event waits for one commit. */
  private async begin(target: DrainTarget, connection: OpenConnection): Promise<DrainStart | null> {
    const { tenantDb, workerId } = this.dependencies;
    return tenantDb.run(
      target.tenantId,
      async (tx) => {
        const slot = await takeSlot(tx, target.connectionId, newUuid(), workerId);
        if (slot === null) return null;
        const poison = await recoverOrphans(tx, slot);
        await settle(
          tx,
          slot,
          poison.map((item) => settlePoison(item.id, item.trackingId)),
          workerId,
        );
        const suspects = await hasSuspects(tx, slot);
        const claim = suspects
          ? { deliveries: [], more: true }
          : await claimDue(tx, slot, claimSize(connection, slot, this.limits), false);
        return { slot, suspects, claim };
      },
      { relaxedDurability: true },
    );
  }

  /** Looks once more after letting go: whatever was committed while the slot was held is seen here or rings by itself. */
  private async end(target: DrainTarget, session: SlotSession): Promise<void> {
    if (session.lost) {
      this.dependencies.observer.fenced(target.connectionId);
      return;
    }
    const next = await this.dependencies.tenantDb.run(
      target.tenantId,
      async (tx) => {
        await releaseSlot(tx, session.slot);
        const [row] = await tx.query<NextDue & Record<string, unknown>>(
          NEXT_DUE,
          [target.tenantId, target.connectionId],
          'next_due',
        );
        return row;
      },
      { relaxedDurability: true },
    );
    if (next === undefined) return;
    if (next.now) this.dependencies.bell.ring(target);
    else await this.dependencies.bell.ringLater(target, Number(next.wait_ms));
  }
}

/** What a drain begins with. */
export interface DrainStart {
  readonly slot: Slot;
  readonly suspects: boolean;
  readonly claim: Claim;
}

/** Claims ahead of the calls, but no more than keeps them busy: a crash makes orphans of whatever is claimed. */
export function claimSize(connection: OpenConnection, slot: Slot, limits: DrainLimits): number {
  if (slot.breaker.state === 'half_open') return 1;
  return Math.min(connection.concurrency * connection.largestBatch * 2, limits.mostClaimed);
}

/** A connection that cannot be opened fails each delivery with the reason, so that it is seen where people look. */
function brokenConnection(error: SendError): OpenConnection {
  return {
    connectorId: 'unknown',
    concurrency: 1,
    largestBatch: 100,
    batchSize: () => 100,
    send: (_operation, items) =>
      Promise.resolve(items.map(() => ({ ok: false as const, error, exchange: null, traceId: null }))),
  };
}

export interface Exchange {
  readonly settlements: readonly Settlement[];
  readonly runtime: RuntimeChange | null;
  /** How many to claim in the same transaction; 0 for none. */
  readonly claim: number;
  readonly alone: boolean;
}

/** The slot as one drain uses it: every write goes through the fence. */
export class SlotSession {
  lost = false;
  private readonly lostSignal = new AbortController();

  constructor(
    private readonly dependencies: DrainDependencies,
    private readonly target: DrainTarget,
    readonly slot: Slot,
    private readonly logger: Logger,
  ) {}

  /** Aborted when another process owns the slot: calls under way are cut, their outcome is the other's to find out. */
  get signal(): AbortSignal {
    return this.lostSignal.signal;
  }

  /** A long vendor call must not cost the slot. */
  keepAlive(): NodeJS.Timeout {
    return setInterval(() => {
      this.dependencies.tenantDb
        .run(this.target.tenantId, (tx) => holdSlot(tx, this.slot), { relaxedDurability: true })
        .then((held) => {
          if (!held) this.lose();
        })
        .catch((error: unknown) =>
          this.logger.warn('could not renew a slot', { connection_id: this.target.connectionId, error }),
        );
    }, SLOT_LEASE_MS / 3);
  }

  /** Settles and claims in one transaction. Returns `null` when the slot is lost. */
  async exchange(work: Exchange): Promise<Claim | null> {
    const deadline = Date.now() + SLOT_LEASE_MS * 0.8;
    for (;;) {
      try {
        return await this.exchangeOnce(work);
      } catch (error) {
        const failure = classifyDatabaseError(error);
        if (failure === 'data' && work.settlements.length > 0) return this.settleOneByOne(work);
        // The effects are made: a short outage of the database must not turn them into repeats.
        if (failure !== 'unavailable' || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  private exchangeOnce(work: Exchange): Promise<Claim | null> {
    const { tenantDb, workerId, observer } = this.dependencies;
    const claimsOnly = work.settlements.length === 0 && work.runtime === null;
    return tenantDb
      .run(
        this.target.tenantId,
        async (tx) => {
          if (!(await holdSlot(tx, this.slot))) return null;
          const settled = await settle(tx, this.slot, work.settlements, workerId);
          if (work.runtime !== null) await writeRuntime(tx, this.slot, work.runtime);
          const claim = await this.claim(tx, work);
          return { claim: { ...claim, more: claim.more || settled.released }, settled: settled.count };
        },
        // A claim that a crash of the server undoes is simply claimed again.
        { relaxedDurability: claimsOnly },
      )
      .then((done) => {
        if (done === null) {
          this.lose();
          return null;
        }
        if (done.settled > 0) observer.settled(done.settled);
        return done.claim;
      });
  }

  private claim(tx: TenantTx, work: Exchange): Promise<Claim> {
    return work.claim > 0
      ? claimDue(tx, this.slot, work.claim, work.alone)
      : Promise.resolve({ deliveries: [], more: false });
  }

  /** One result that the database refuses must not keep the others of its slice from being written. */
  private async settleOneByOne(work: Exchange): Promise<Claim | null> {
    for (const settlement of work.settlements) {
      try {
        await this.exchangeOnce({ settlements: [settlement], runtime: null, claim: 0, alone: false });
      } catch (error) {
        if (classifyDatabaseError(error) !== 'data') throw error;
        this.logger.error('a settlement was refused by the database', { delivery_id: settlement.deliveryId, error });
        const unwritable = {
          category: 'validation',
          code: 'unwritable_result',
          message: 'The outcome could not be stored.',
        };
        const bare: Settlement = {
          ...settlement,
          status: 'dead',
          reason: 'permanent_failure',
          externalId: null,
          mappedPayload: null,
          mapping: null,
          attempt: null,
          error: unwritable,
        };
        await this.exchangeOnce({ settlements: [bare], runtime: null, claim: 0, alone: false });
      }
    }
    return this.exchangeOnce({ ...work, settlements: [] });
  }

  private lose(): void {
    this.lost = true;
    this.lostSignal.abort();
  }
}
