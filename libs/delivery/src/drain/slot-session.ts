import { setTimeout as delay } from 'node:timers/promises';
import { type DrainTarget, type Logger } from '@hub/platform';
import { classifyDatabaseError } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { claimDue, claimSuspect, type Claim } from '../claim/claim';
import { giveBackUnheard } from '../claim/give-back-unheard';
import { letGo, type NextDue } from '../claim/next-due';
import { holdAndChange, holdSlot, SLOT_LEASE_MS, tellTransition, type RuntimeChange, type Slot } from '../claim/slot';
import { settle, settleAndLetGo, type Settled } from '../settle/settle';
import { type Settlement } from '../settle/settle.types';
import { type DrainDependencies } from './drain.types';
import { reconsiderDuplicates } from './reconsider-duplicates';

export interface Exchange {
  /** Ids of all that the drain has claimed and not yet written. */
  readonly held: ReadonlySet<string>;
  readonly settlements: readonly Settlement[];
  readonly runtime: RuntimeChange | null;
  /** How many to claim in the same transaction; 0 for none. */
  readonly claim: number;
  readonly alone: boolean;
  /** Whether the slot is let go in the same transaction when there is nothing to claim. */
  readonly ends: boolean;
}

const NO_CLAIM: Claim = { deliveries: [], more: false };

/** Between two tries of a transaction while the database is away. */
export const TRY_AGAIN_MS = 250;

/**
 * The slot as one drain uses it: every write goes through the fence, and nothing is sent once the lease is over.
 *
 * The fence keeps a stalled drain from writing, not from calling the vendor. Hence a deadline of its own, by a clock that
 * nobody sets, counted from before each renewal was asked for: it never lies behind the database's `slot_until`, however
 * long the way there took, so by the time that another may take the slot this one has stopped.
 */
export class SlotSession {
  private readonly lostSignal = new AbortController();
  private renewal: NodeJS.Timeout | null = null;
  private expiry: NodeJS.Timeout | null = null;
  private renewing = false;
  private left: NextDue | null = null;
  /** On the clock of `now`. */
  private until: number;

  /** @param takenFrom on the clock of `now`: before the slot was asked for. */
  constructor(
    private readonly dependencies: DrainDependencies,
    private readonly target: DrainTarget,
    readonly slot: Slot,
    private readonly logger: Logger,
    takenFrom: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.until = takenFrom + SLOT_LEASE_MS;
  }

  /** True from the moment that another process may own the slot; for good. */
  get lost(): boolean {
    // Asked for as well, because after a freeze the timer comes later than the work that was waiting.
    if (!this.lostSignal.signal.aborted && this.now() >= this.until) this.lose();
    return this.lostSignal.signal.aborted;
  }

  /** Aborted when the slot is lost: calls under way are cut, their outcome is the next owner's to find out. */
  get signal(): AbortSignal {
    return this.lostSignal.signal;
  }

  /** Not null once the slot was let go in good order: when the connection is to be drained next. */
  get next(): NextDue | null {
    return this.left;
  }

  /** Gives the slot up without telling anybody: nothing is sent or written from here on, and the lease runs out. */
  lose(): void {
    this.lostSignal.abort();
  }

  /** A long vendor call must not cost the slot. Until `close`. */
  keepAlive(): void {
    this.renewal = setInterval(() => void this.renew(), SLOT_LEASE_MS / 3).unref();
    this.watchLease();
  }

  close(): void {
    if (this.renewal !== null) clearInterval(this.renewal);
    if (this.expiry !== null) clearTimeout(this.expiry);
  }

  /** Settles and claims in one transaction. Returns `null` when the slot is lost. */
  async exchange(work: Exchange): Promise<Claim | null> {
    try {
      return await this.patiently(work);
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data') throw error;
      return this.settleOneByOne(work);
    }
  }

  /** The effects are made: a short outage of the database must not turn them into repeats. */
  private async patiently(work: Exchange): Promise<Claim | null> {
    for (let again = false; ; again = true) {
      if (this.lost) return null;
      try {
        return await this.exchangeOnce(work, again);
      } catch (error) {
        if (classifyDatabaseError(error) !== 'unavailable' || this.lost) throw error;
        await delay(TRY_AGAIN_MS);
      }
    }
  }

  private async exchangeOnce(work: Exchange, again: boolean): Promise<Claim | null> {
    const { tenantDb, observer, bell } = this.dependencies;
    const claimsOnly = work.settlements.length === 0 && work.runtime === null;
    const askedAt = this.now();
    const done = await tenantDb
      .run(
        this.target.tenantId,
        async (tx) => {
          const { runtime } = work;
          const holding = runtime === null ? holdSlot(tx, this.slot) : holdAndChange(tx, this.slot, runtime);
          // Most often without waiting for the answer: losing the slot undoes the transaction, for whose rows its next
          // owner may have waited meanwhile.
          const settlements = needsSlot(work, again) ? await this.onceHeld(tx, holding, work, again) : work.settlements;
          const [isHeld, settled] = await Promise.all([holding, this.settle(tx, work, settlements)]);
          if (!isHeld) throw new SlotLostError();
          const woken = await this.keepBook(tx, settlements, settled.ids);
          if (runtime !== null) await tellTransition(tx, this.slot, runtime);
          // Looked for before it is claimed: most often there is nothing, and the look lets the slot go as well.
          const mustLook = settled.next === undefined && work.ends;
          const next = mustLook ? (await letGo(tx, this.slot, work.claim === 0)).next : (settled.next ?? null);
          const claimed = next === null ? await this.claim(tx, work) : NO_CLAIM;
          const claim = { ...claimed, more: next === null && (claimed.more || settled.released) };
          return { claim, settled: settled.ids.size, woken, next };
        },
        // A claim that a crash of the server undoes is simply claimed again.
        { relaxedDurability: claimsOnly },
      )
      .catch(nullWhenLost);
    if (done === null) {
      this.lose();
      return null;
    }
    this.until = Math.max(this.until, askedAt + SLOT_LEASE_MS);
    if (done.next !== null) this.leave(done.next);
    if (done.settled > 0) observer.settled(done.settled);
    for (const connectionId of done.woken) bell.ring({ tenantId: this.target.tenantId, connectionId });
    return done.claim;
  }

  private async onceHeld(
    tx: TenantTx,
    holding: Promise<boolean>,
    work: Exchange,
    again: boolean,
  ): Promise<readonly Settlement[]> {
    if (!(await holding)) throw new SlotLostError();
    if (again) await giveBackUnheard(tx, this.slot, work.held);
    return reconsiderDuplicates(tx, this.target.connectionId, work.settlements, this.dependencies.book);
  }

  private settle(
    tx: TenantTx,
    work: Exchange,
    settlements: readonly Settlement[],
  ): Promise<Settled & { readonly next?: NextDue | null }> {
    const { workerId } = this.dependencies;
    // The book may make more due: it is kept before the look for that.
    const isLast = work.ends && settlements.length > 0 && settlements.every(({ written }) => written === null);
    return isLast
      ? settleAndLetGo(tx, this.slot, settlements, workerId, work.claim === 0)
      : settle(tx, this.slot, settlements, workerId);
  }

  private leave(next: NextDue): void {
    this.left = next;
    this.close();
  }

  /** Lets the slot go, when nothing is held any more, and looks once more after that. */
  async release(): Promise<NextDue> {
    const next = await this.dependencies.tenantDb.run(
      this.target.tenantId,
      // Held first: whoever is rung for while it looks has to wait for the slot's row, and then finds the slot free.
      async (tx) => ((await holdSlot(tx, this.slot)) ? (await letGo(tx, this.slot, true)).next : null),
      { relaxedDurability: true },
    );
    return next ?? { kind: 'nothing' };
  }

  private async keepBook(
    tx: TenantTx,
    settlements: readonly Settlement[],
    settled: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const written = settlements.flatMap((one) => (settled.has(one.deliveryId) ? (one.written ?? []) : []));
    const { book } = this.dependencies;
    return book === undefined || written.length === 0 ? [] : book.record(tx, this.target.connectionId, written);
  }

  private claim(tx: TenantTx, work: Exchange): Promise<Claim> {
    if (work.claim === 0) return Promise.resolve(NO_CLAIM);
    return work.alone ? claimSuspect(tx, this.slot) : claimDue(tx, this.slot, work.claim);
  }

  /** One result that the database refuses must not keep the others of its slice from being written. */
  private async settleOneByOne(work: Exchange): Promise<Claim | null> {
    for (const settlement of work.settlements) {
      if ((await this.settleSomehow(settlement, work.held)) === null) return null;
    }
    const rest = { ...work, settlements: [] };
    try {
      return await this.patiently(rest);
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data' || work.runtime === null) throw error;
      this.logger.error("a connection's last error was refused by the database", {
        connection_id: this.target.connectionId,
        error,
      });
      return this.patiently({ ...rest, runtime: { ...work.runtime, lastError: null } });
    }
  }

  private async settleSomehow(settlement: Settlement, held: ReadonlySet<string>): Promise<Claim | null> {
    const alone = { held, runtime: null, claim: 0, alone: false, ends: false };
    try {
      return await this.patiently({ ...alone, settlements: [settlement] });
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data') throw error;
      this.logger.error('a settlement was refused by the database', { delivery_id: settlement.deliveryId, error });
      return this.patiently({ ...alone, settlements: [withoutOutcome(settlement)] });
    }
  }

  private async renew(): Promise<void> {
    // Behind the lock of a slow one, each would wait on a connection of its own until the pool has none left.
    if (this.renewing) return;
    this.renewing = true;
    const askedAt = this.now();
    try {
      const held = await this.dependencies.tenantDb.run(this.target.tenantId, (tx) => holdSlot(tx, this.slot), {
        relaxedDurability: true,
      });
      if (held) this.until = Math.max(this.until, askedAt + SLOT_LEASE_MS);
      else this.lose();
    } catch (error) {
      this.logger.warn('could not renew a slot', { connection_id: this.target.connectionId, error });
    } finally {
      this.renewing = false;
    }
  }

  private watchLease(): void {
    if (this.lost) return;
    this.expiry = setTimeout(() => this.watchLease(), Math.max(1, this.until - this.now())).unref();
  }
}

/** What is done in the transaction turns on the slot's being held. */
function needsSlot(work: Exchange, again: boolean): boolean {
  return again || work.settlements.some(({ refused }) => refused !== null);
}

/** Rolls back what was sent before it was known that the slot is another's. */
class SlotLostError extends Error {}

function nullWhenLost(error: unknown): null {
  if (error instanceof SlotLostError) return null;
  throw error;
}

/** What is left of a result that cannot be stored: that there was one, and that a person should look. */
function withoutOutcome(settlement: Settlement): Settlement {
  return {
    ...settlement,
    status: 'dead',
    reason: 'permanent_failure',
    unspent: false,
    delayMs: null,
    externalId: null,
    mappedPayload: null,
    mapping: null,
    attempt: null,
    written: null,
    refused: null,
    error: { category: 'validation', code: 'unwritable_result', message: 'The outcome could not be stored.' },
  };
}
