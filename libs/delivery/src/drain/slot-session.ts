import { type DrainTarget, type Logger } from '@hub/platform';
import { classifyDatabaseError } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { claimDue, type Claim } from '../claim/claim';
import { holdSlot, SLOT_LEASE_MS, writeRuntime, type RuntimeChange, type Slot } from '../claim/slot';
import { settle } from '../settle/settle';
import { type Settlement } from '../settle/settle.types';
import { type DrainDependencies } from './drain.types';

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
    const timer = setInterval(() => {
      this.dependencies.tenantDb
        .run(this.target.tenantId, (tx) => holdSlot(tx, this.slot), { relaxedDurability: true })
        .then((held) => {
          if (!held) this.lose();
        })
        .catch((error: unknown) =>
          this.logger.warn('could not renew a slot', { connection_id: this.target.connectionId, error }),
        );
    }, SLOT_LEASE_MS / 3);
    return timer.unref();
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
