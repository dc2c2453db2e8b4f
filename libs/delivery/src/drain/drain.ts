import { setTimeout as delay } from 'node:timers/promises';
import { classifyDatabaseError } from '@hub/database';
import { newUuid, silentLogger, type DrainTarget, type Logger } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { claimDue, lookForDue } from '../claim/claim';
import { giveBackUnheard } from '../claim/give-back-unheard';
import { letGo } from '../claim/next-due';
import { recoverOrphans } from '../claim/recover-orphans';
import { hasSuspects, takeSlot, type TakenSlot } from '../claim/slot';
import { settle } from '../settle/settle';
import { settlePoison } from '../settle/settlement-policy';
import { type FoundConnection, type OpenConnection, type SendError } from './drain.ports';
import { DrainRun, HUB_FAILURE } from './drain-run';
import {
  claimSize,
  DEFAULT_DRAIN_LIMITS,
  type DrainDependencies,
  type DrainLimits,
  type DrainStart,
} from './drain.types';
import { SlotSession, TRY_AGAIN_MS } from './slot-session';

/** A commit that is not answered so often means a database that is away: the sweeper comes back to the connection. */
const MOST_BEGINNINGS = 3;

interface Beginning extends DrainStart {
  /** Before the slot was asked for, by `performance.now()`. */
  readonly askedAt: number;
}

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

  /**
   * Takes nothing more on: what is claimed and not yet sent is given back, calls under way end and are written. How long
   * they may take is for the caller to decide, who waits for the drains.
   */
  stop(): void {
    this.stopping.abort();
  }

  async drain(target: DrainTarget): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const start = await this.begin(target);
    if (start === null) return;
    const session = new SlotSession(this.dependencies, target, start.slot, this.logger, start.askedAt);
    session.keepAlive();
    try {
      const opening = await openingOf(start.found);
      // Nothing can be sent, and no delivery is to blame: what is claimed goes back, and the sweeper rings.
      const stopping = opening.failed ? AbortSignal.abort() : this.stopping.signal;
      const run = new DrainRun(this.dependencies, this.limits, target, session, opening.connection, stopping);
      await run.run(start);
      // Only after a good end: were the slot let go while calls are under way, another drain would repeat them at once.
      await this.end(target, session, opening.failed);
      if (opening.failed) throw opening.error;
    } catch (error) {
      // Nobody is left to write down what further calls would do.
      session.lose();
      throw error;
    } finally {
      session.close();
    }
  }

  /** By one token: what an unanswered commit has taken is this drain's at once, and not the next one's after the lease. */
  private async begin(target: DrainTarget): Promise<Beginning | null> {
    const token = newUuid();
    for (let tries = 1; ; tries++) {
      const askedAt = performance.now();
      try {
        const start = await this.beginOnce(target, token, tries > 1);
        return start === null ? null : { ...start, askedAt };
      } catch (error) {
        if (tries === MOST_BEGINNINGS || classifyDatabaseError(error) !== 'unavailable') throw error;
        await delay(TRY_AGAIN_MS);
      }
    }
  }

  /**
   * Slot, connection, what a dead process left behind, and the first claim, in one transaction: a lone event waits for one
   * commit, and thousands of connections with two deliveries each cost one each. What is asked before the slot is known to
   * be ours does no harm without it.
   */
  private async beginOnce(target: DrainTarget, token: string, again: boolean): Promise<DrainStart | null> {
    const { tenantDb, workerId, connections } = this.dependencies;
    return tenantDb.run(
      target.tenantId,
      async (tx) => {
        const { connectionId } = target;
        const [slot, found, look] = await Promise.all([
          takeSlot(tx, connectionId, token, workerId),
          connections.find(tx, connectionId),
          lookForDue(tx, { connectionId, token }),
        ]);
        if (slot === null) return null;
        if (again) await giveBackUnheard(tx, slot, []);
        const suspects = slot.hasOrphans ? await this.takeBack(tx, slot) : slot.hasSuspects;
        if (!slot.mayCall) {
          await letGo(tx, slot, true);
          return null;
        }
        const size = claimSize(found, slot, this.limits);
        const claim = suspects
          ? { deliveries: [], more: true }
          : await claimDue(tx, slot, size, again || slot.hasOrphans ? undefined : look);
        return { slot, found, suspects, claim };
      },
      { relaxedDurability: true },
    );
  }

  /** What a dead process left behind. @returns whether there are suspects after it */
  private async takeBack(tx: TenantTx, slot: TakenSlot): Promise<boolean> {
    const poison = await recoverOrphans(tx, slot);
    const ends = poison.map(settlePoison);
    await settle(tx, slot, ends, this.dependencies.workerId);
    return hasSuspects(tx, slot);
  }

  /** Rings for what is left, whoever is to drain it. */
  private async end(target: DrainTarget, session: SlotSession, quietly: boolean): Promise<void> {
    if (session.next === null && session.lost) {
      this.dependencies.observer.fenced(target.connectionId);
      return;
    }
    const next = session.next ?? (await session.release());
    if (quietly) return;
    if (next.kind === 'now') this.dependencies.bell.ring(target);
    if (next.kind === 'later') await this.dependencies.bell.ringLater(target, next.waitMs);
  }
}

interface Opening {
  readonly connection: OpenConnection;
  /** The hub itself could not open it. */
  readonly failed: boolean;
  readonly error: unknown;
}

async function openingOf(found: FoundConnection): Promise<Opening> {
  try {
    const opened = await found.open();
    return { connection: opened.ok ? opened.value : brokenConnection(opened.error), failed: false, error: null };
  } catch (error) {
    return { connection: brokenConnection(HUB_FAILURE), failed: true, error };
  }
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
