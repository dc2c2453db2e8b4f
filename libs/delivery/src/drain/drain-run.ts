import { type DrainTarget } from '@hub/platform';
import { type Claim } from '../claim/claim';
import { type ClaimedDelivery } from '../claim/claim.types';
import { settleSent, settleSuperseded, settleUnsent, type Timing } from '../settle/settlement-policy';
import { type Settlement } from '../settle/settle.types';
import { planCalls, type MappedItem, type PlannedCall } from './call-queue';
import {
  budgetMs,
  claimSize,
  leastRefill,
  LEAST_ROUNDS,
  roundsFor,
  wholeBatches,
  type DrainDependencies,
  type DrainLimits,
  type DrainStart,
} from './drain.types';
import { type OpenConnection, type SendError, type SendResult } from './drain.ports';
import { mapSlice } from './map-slice';
import { Outcomes } from './outcomes';
import { type SlotSession } from './slot-session';
import { VendorHealth } from './vendor-health';
import { WriteTurns } from './write-turns';

/** Share of the budget that suspects (deliveries whose claims ended in crashes) may have, one by one, at the start. */
const SUSPECTS_SHARE = 0.5;
/** Results wait for company this long at most before they are written, unless nothing else is under way. */
const SETTLE_WITHIN_MS = 10;

export const HUB_FAILURE: SendError = {
  category: 'transient',
  code: 'hub_internal',
  message: 'The hub itself failed while sending; it is tried again.',
};

const INTERNAL_FAILURE: SendResult = {
  ok: false,
  error: HUB_FAILURE,
  exchange: null,
  traceId: null,
};

/** What a run needs of its slot. */
export type DrainSession = Pick<SlotSession, 'slot' | 'lost' | 'signal' | 'exchange'>;

/**
 * One run over one connection while the slot is held: a pipeline whose stages do not wait for each other. While one slice
 * is written and the next one claimed, in one transaction, another is mapped, and calls go on.
 */
export class DrainRun {
  private readonly calls: PlannedCall[] = [];
  private readonly done = new Outcomes();
  private readonly turns = new WriteTurns();
  private readonly health: VendorHealth;
  /** Calls under way, and slices that are being mapped. */
  private underWay = 0;
  private mapping = 0;
  /** Ids of what was claimed and is not yet written. */
  private readonly held = new Set<string>();
  private rounds = LEAST_ROUNDS;
  private failure: { readonly error: unknown } | null = null;
  private wake: () => void = () => undefined;
  private readonly startedAt = performance.now();
  private readonly budgetMs: number;

  constructor(
    private readonly dependencies: DrainDependencies,
    private readonly limits: DrainLimits,
    private readonly target: DrainTarget,
    private readonly session: DrainSession,
    private readonly connection: OpenConnection,
    private readonly stopping: AbortSignal,
  ) {
    this.health = new VendorHealth(session.slot.breaker);
    this.budgetMs = budgetMs(connection, limits);
  }

  async run(start: Pick<DrainStart, 'suspects' | 'claim'>): Promise<void> {
    this.hold(start.claim);
    if (!start.suspects || (await this.runSuspects())) await this.runDue(start.claim);
    const { reauth } = this.health;
    // Who has lost the slot knows nothing of what its next owner has done with the connection.
    if (reauth !== null && !this.session.lost)
      await this.dependencies.connections.needsReauth(this.target.tenantId, this.target.connectionId, reauth);
  }

  /** One by one, with nothing else of this connection under way. @returns false when the slot is lost. */
  private async runSuspects(): Promise<boolean> {
    while (this.mayClaim(SUSPECTS_SHARE)) {
      const claim = await this.exchange(1, true);
      if (claim === null) return false;
      if (claim.deliveries.length === 0) return true;
      this.admit(claim.deliveries);
      while (this.isBusy()) await this.change();
    }
    return (await this.exchange(0, false)) !== null;
  }

  private async runDue(first: Claim): Promise<void> {
    let more = first.more;
    this.admit(first.deliveries);
    for (;;) {
      this.throwFailure();
      const settles = this.isTimeToSettle();
      // What has come in the meantime is claimed with the outcomes: looking for it costs no transaction of its own.
      const room = (more || settles) && this.mayClaim(1) ? this.room(settles ? this.done.size : 0) : 0;
      if (room > 0 || settles) {
        const mayEnd = settles && (room > 0 || !this.mayClaim(1));
        const claim = await this.exchange(room, false, mayEnd);
        if (claim === null) return;
        more = room > 0 ? claim.more : more || claim.more;
        this.admit(claim.deliveries);
      } else if (this.isBusy()) await this.change();
      else return;
    }
  }

  /** @param settled of those held, which are about to be written. */
  private room(settled: number): number {
    const slot = { ...this.session.slot, breaker: this.health.breaker };
    const wanted = claimSize(this.connection, slot, this.limits, this.rounds, this.health.allowance);
    const room = wholeBatches(this.connection, wanted - this.held.size + settled);
    return room >= leastRefill(this.connection, wanted) ? room : 0;
  }

  private mayClaim(share: number): boolean {
    return !this.mustGiveBack() && performance.now() - this.startedAt < this.budgetMs * share;
  }

  private isBusy(): boolean {
    return this.underWay > 0 || this.mapping > 0;
  }

  private isTimeToSettle(): boolean {
    const { size } = this.done;
    if (size === 0) return false;
    return !this.isBusy() || size >= Math.ceil(this.window() / 2) || this.done.ageMs() >= SETTLE_WITHIN_MS;
  }

  /** Records that fill the calls allowed at once. */
  private window(): number {
    return Math.min(this.connection.concurrency, this.health.allowance) * this.connection.largestBatch;
  }

  /** @param mayEnd whether this may be the last one, if it writes all that is held and there is nothing to claim. */
  private async exchange(claim: number, alone: boolean, mayEnd = false): ReturnType<SlotSession['exchange']> {
    const batch = this.done.take();
    const { settlements } = batch;
    const isAll = settlements.length === this.held.size && this.health.reauth === null;
    const runtime = this.health.takeChange();
    const work = { held: this.held, settlements, runtime, claim, alone, ends: mayEnd && isAll };
    const result = await this.session.exchange(work);
    this.done.written(batch);
    for (const { deliveryId } of settlements) this.held.delete(deliveryId);
    if (result !== null) this.hold(result);
    if (result !== null) this.goOn(this.turns.written(settlements.map(({ deliveryId }) => deliveryId)));
    this.startCalls();
    return result;
  }

  private hold(claim: Claim): void {
    for (const { id } of claim.deliveries) this.held.add(id);
  }

  /** Takes claimed deliveries into the pipeline. */
  private admit(deliveries: readonly ClaimedDelivery[]): void {
    const live: ClaimedDelivery[] = [];
    for (const delivery of deliveries) {
      if (delivery.superseded) this.done.add(settleSuperseded(delivery));
      else live.push(delivery);
    }
    this.startMapping(live);
  }

  private startMapping(deliveries: readonly ClaimedDelivery[]): void {
    if (deliveries.length === 0) return;
    this.mapping++;
    this.inBackground(this.map(deliveries), () => this.mapping--);
  }

  private async map(deliveries: readonly ClaimedDelivery[]): Promise<void> {
    const mappedAt = this.turns.now;
    const { items, settlements } = await mapSlice(this.dependencies, this.target, deliveries);
    for (const settlement of settlements) this.done.add(settlement);
    this.calls.push(...planCalls(this.inTurn(items, mappedAt), (operation) => this.connection.batchSize(operation)));
  }

  private inTurn(items: readonly MappedItem[], mappedAt: number): MappedItem[] {
    const again: ClaimedDelivery[] = [];
    const now = items.filter((item) => {
      const record = this.connection.recordOf?.(item) ?? null;
      const turn = record === null ? 'send' : this.turns.take(item.delivery, record, mappedAt);
      if (turn === 'map_again') again.push(item.delivery);
      return turn === 'send';
    });
    this.startMapping(again);
    return now;
  }

  /** Whose turn has come. A long queue for one record does not keep other connections waiting. */
  private goOn(next: readonly ClaimedDelivery[]): void {
    if (this.mayClaim(1)) return this.startMapping(next);
    for (const delivery of [...next, ...this.turns.giveUp()]) this.done.add(settleUnsent(delivery));
  }

  private startCalls(): void {
    if (this.mustGiveBack()) {
      for (const call of this.calls.splice(0))
        for (const item of call.items) this.done.add(settleUnsent(item.delivery));
      for (const delivery of this.turns.giveUp()) this.done.add(settleUnsent(delivery));
      return;
    }
    for (let call = this.calls[0]; call !== undefined && this.mayCall(call); call = this.calls[0]) {
      this.calls.shift();
      this.underWay++;
      this.done.sending(call.items.length);
      this.inBackground(this.send(call), () => this.underWay--);
    }
  }

  /** No more is at risk at once than fills the calls twice over, however slow the database is to take the outcomes. */
  private mayCall(call: PlannedCall): boolean {
    if (this.underWay >= Math.min(this.connection.concurrency, this.health.allowance)) return false;
    const { atRisk } = this.done;
    return atRisk === 0 || atRisk + call.items.length <= LEAST_ROUNDS * this.window();
  }

  private mustGiveBack(): boolean {
    return this.health.mustPause || this.stopping.aborted || this.session.lost;
  }

  private async send(call: PlannedCall): Promise<void> {
    const startedAt = new Date();
    const started = performance.now();
    const probe = this.health.breaker.state === 'half_open';
    const results = await this.resultsOf(call);
    const durationMs = performance.now() - started;
    this.record(results);
    this.rounds = roundsFor(durationMs);
    call.items.forEach((item, index) => {
      const result = results[index] ?? INTERNAL_FAILURE;
      const settlement = this.settlementOf(item, result, { startedAt, durationMs }, probe);
      this.done.addSent(settlement);
      this.tell(item, result, settlement, durationMs);
    });
  }

  /** An answer that no sense can be made of is a failure of ours. */
  private settlementOf(item: MappedItem, result: SendResult, timing: Timing, probe: boolean): Settlement {
    try {
      return settleSent(item.delivery, item, result, timing, probe);
    } catch (error) {
      this.logFailure('an outcome could not be made sense of', error);
      return settleSent(item.delivery, item, INTERNAL_FAILURE, timing);
    }
  }

  private tell(item: MappedItem, result: SendResult, settlement: Settlement, durationMs: number): void {
    try {
      this.dependencies.observer.attempted({
        tenantId: this.target.tenantId,
        connectionId: this.target.connectionId,
        connectorId: this.connection.connectorId,
        delivery: item.delivery,
        outcome: settlement.attempt?.outcome ?? 'failed',
        error: result.ok ? null : result.error,
        durationMs,
      });
    } catch (error) {
      this.logFailure('an attempt could not be reported', error);
    }
  }

  /**
   * Whatever is thrown in a call (the database gone while a token is refreshed, a broken connector) ends here: the
   * deliveries are tried again by their schedule, and the breaker, which is about the vendor, is not asked.
   */
  private async resultsOf(call: PlannedCall): Promise<readonly SendResult[]> {
    try {
      return await this.connection.send(call.operation, call.items, this.session.signal);
    } catch (error) {
      this.logFailure('a call failed inside the hub', error);
      return [];
    }
  }

  private record(results: readonly SendResult[]): void {
    try {
      if (results.length > 0) this.health.record(results);
    } catch (error) {
      this.logFailure('an outcome could not be made sense of', error);
    }
  }

  /** Nobody awaits the stages of the pipeline: what still escapes one ends the drain, not the process. */
  private inBackground(stage: Promise<void>, ended: () => void): void {
    void stage
      .catch((error: unknown) => (this.failure ??= { error }))
      .finally(() => {
        ended();
        this.startCalls();
        this.wake();
      });
  }

  /** Until a stage has ended, or it is time to write what is done. */
  private async change(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.done.size > 0 ? setTimeout(resolve, SETTLE_WITHIN_MS) : undefined;
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  private logFailure(what: string, error: unknown): void {
    this.dependencies.logger?.error(what, { connection_id: this.target.connectionId, error });
  }
}
