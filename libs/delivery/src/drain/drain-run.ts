import { type DrainTarget } from '@hub/platform';
import { OPEN_FOR_MS, recordCall, type Breaker } from '../breaker/breaker';
import { type Claim } from '../claim/claim';
import { type ClaimedDelivery } from '../claim/claim.types';
import { type ConnectionWait } from '../claim/slot';
import {
  callHealth,
  connectionWait,
  settleFiltered,
  settleSent,
  settleSuperseded,
  settleUnmapped,
  settleUnsent,
  verdictFor,
} from '../settle/settlement-policy';
import { type Settlement } from '../settle/settle.types';
import { vendorIdempotencyKey } from '../shared/idempotency-key';
import { planCalls, type MappedItem, type PlannedCall } from './call-queue';
import { claimSize, type DrainDependencies, type DrainLimits, type DrainStart } from './drain.types';
import { type SlotSession } from './slot-session';
import { type OpenConnection, type SendError, type SendResult } from './drain.ports';

/** Share of the budget that suspects (deliveries whose claims ended in crashes) may have, one by one, at the start. */
const SUSPECTS_SHARE = 0.5;

const INTERNAL_FAILURE: SendResult = {
  ok: false,
  error: {
    category: 'transient',
    code: 'hub_internal',
    message: 'The hub itself failed while sending; it is tried again.',
  },
  exchange: null,
  traceId: null,
};

/** One run over one connection while the slot is held. */
export class DrainRun {
  private readonly calls: PlannedCall[] = [];
  private readonly done: Settlement[] = [];
  private underWay = 0;
  private held = 0;
  private breaker: Breaker;
  private breakerChanged = false;
  private wait: ConnectionWait | null = null;
  private succeeded = false;
  private lastError: SendError | null = null;
  private reauth: SendError | null = null;
  /** Calls allowed at once: grows from one after a breaker's probe, so that a system that comes back is not flooded. */
  private allowance: number;
  private wake: () => void = () => undefined;
  private readonly startedAt = Date.now();

  constructor(
    private readonly dependencies: DrainDependencies,
    private readonly limits: DrainLimits,
    private readonly target: DrainTarget,
    private readonly session: SlotSession,
    private readonly connection: OpenConnection,
    private readonly stopping: AbortSignal,
  ) {
    this.breaker = session.slot.breaker;
    this.allowance = this.breaker.state === 'half_open' ? 1 : Number.MAX_SAFE_INTEGER;
  }

  async run(start: DrainStart): Promise<void> {
    this.held = start.claim.deliveries.length;
    if (!start.suspects || (await this.runSuspects())) await this.runDue(start.claim);
    if (this.reauth !== null)
      await this.dependencies.connections.needsReauth(this.target.tenantId, this.target.connectionId, this.reauth);
  }

  /** One by one, with nothing else of this connection under way. @returns false when the slot is lost. */
  private async runSuspects(): Promise<boolean> {
    while (this.mayClaim(SUSPECTS_SHARE)) {
      const claim = await this.exchange(1, true);
      if (claim === null) return false;
      if (claim.deliveries.length === 0) return true;
      await this.admit(claim.deliveries);
      while (this.underWay > 0) await this.nextResult();
    }
    return (await this.exchange(0, false)) !== null;
  }

  private async runDue(first: Claim): Promise<void> {
    let more = first.more;
    await this.admit(first.deliveries);
    for (;;) {
      const room = more && this.mayClaim(1) ? this.room() : 0;
      if (room > 0 || this.done.length > 0) {
        const claim = await this.exchange(room, false);
        if (claim === null) return;
        more = room > 0 ? claim.more : more || claim.more;
        await this.admit(claim.deliveries);
      } else if (this.underWay > 0) await this.nextResult();
      else return;
    }
  }

  private room(): number {
    const limits = {
      ...this.limits,
      mostClaimed: Math.min(this.limits.mostClaimed, this.allowance * this.connection.largestBatch),
    };
    const wanted = claimSize(this.connection, { ...this.session.slot, breaker: this.breaker }, limits);
    const room = wanted - this.held;
    // Small refills would cost a transaction for each finished call.
    return room >= Math.ceil(wanted / 2) ? room : 0;
  }

  private mayClaim(share: number): boolean {
    const pausing = this.wait !== null || this.reauth !== null || this.breaker.state === 'open';
    return (
      !pausing &&
      !this.stopping.aborted &&
      !this.session.lost &&
      Date.now() - this.startedAt < this.limits.budgetMs * share
    );
  }

  private async exchange(claim: number, alone: boolean): ReturnType<SlotSession['exchange']> {
    const settlements = this.done.splice(0);
    this.held -= settlements.length;
    const runtime = this.takeRuntimeChange();
    const result = await this.session.exchange({ settlements, runtime, claim, alone });
    this.held += result?.deliveries.length ?? 0;
    return result;
  }

  private takeRuntimeChange(): Parameters<SlotSession['exchange']>[0]['runtime'] {
    if (!this.breakerChanged && this.wait === null && !this.succeeded && this.lastError === null) return null;
    const openWait: ConnectionWait | null =
      this.breaker.state === 'open' ? { reason: 'breaker_open', waitMs: OPEN_FOR_MS } : null;
    const change = {
      breaker: this.breaker,
      wait: this.wait ?? (this.breakerChanged ? openWait : null),
      succeeded: this.succeeded,
      lastError: this.lastError === null ? null : JSON.stringify(printableError(this.lastError)),
    };
    this.breakerChanged = false;
    this.succeeded = false;
    this.lastError = null;
    return change;
  }

  private async admit(deliveries: readonly ClaimedDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    const live: ClaimedDelivery[] = [];
    for (const delivery of deliveries) {
      if (delivery.superseded) this.done.push(settleSuperseded(delivery));
      else live.push(delivery);
    }
    const startedAt = new Date();
    const outcomes = await this.dependencies.mapper.map(this.target.tenantId, live);
    const durationMs = Date.now() - startedAt.getTime();
    const items: MappedItem[] = [];
    live.forEach((delivery, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error('the mapper answered fewer outcomes than it was asked for');
      if (outcome.kind === 'filtered') this.done.push(settleFiltered(delivery));
      else if (outcome.kind === 'failed') {
        this.done.push(settleUnmapped(delivery, outcome.error, outcome.transient, { startedAt, durationMs }));
      } else
        items.push({
          delivery,
          payloadText: outcome.payloadText,
          mapping: outcome.mapping,
          idempotencyKey: this.keyOf(delivery),
        });
    });
    this.calls.push(...planCalls(items, (operation) => this.connection.batchSize(operation)));
    this.startCalls();
  }

  private keyOf(delivery: ClaimedDelivery): string {
    return vendorIdempotencyKey({
      tenantId: this.target.tenantId,
      connectionId: this.target.connectionId,
      eventId: delivery.event.eventId,
      routeId: delivery.routeId,
    });
  }

  private startCalls(): void {
    if (this.mustGiveBack()) {
      for (const call of this.calls.splice(0)) this.done.push(...call.items.map((item) => settleUnsent(item.delivery)));
      return;
    }
    while (this.calls.length > 0 && this.underWay < Math.min(this.connection.concurrency, this.allowance)) {
      const call = this.calls.shift() as PlannedCall;
      this.underWay++;
      void this.send(call).finally(() => {
        this.underWay--;
        this.startCalls();
        this.wake();
      });
    }
  }

  private mustGiveBack(): boolean {
    return (
      this.breaker.state === 'open' ||
      this.wait !== null ||
      this.reauth !== null ||
      this.stopping.aborted ||
      this.session.lost
    );
  }

  private async send(call: PlannedCall): Promise<void> {
    const startedAt = new Date();
    const started = performance.now();
    const results = await this.resultsOf(call);
    const durationMs = performance.now() - started;
    call.items.forEach((item, index) => {
      const result = results[index] ?? INTERNAL_FAILURE;
      const settlement = settleSent(item.delivery, item, result, { startedAt, durationMs });
      this.done.push(settlement);
      this.dependencies.observer.attempted({
        tenantId: this.target.tenantId,
        connectionId: this.target.connectionId,
        connectorId: this.connection.connectorId,
        delivery: item.delivery,
        outcome: settlement.attempt?.outcome ?? 'failed',
        error: result.ok ? null : result.error,
        durationMs,
      });
    });
  }

  /**
   * Nobody awaits a call, so whatever is thrown in it (the database gone while a token is refreshed, a broken connector)
   * ends here: the deliveries are tried again by their schedule, and the breaker, which is about the vendor, is not asked.
   */
  private async resultsOf(call: PlannedCall): Promise<readonly SendResult[]> {
    try {
      const results = await this.connection.send(call.operation, call.items, this.session.signal);
      this.recordCall(results);
      return results;
    } catch (error) {
      const { connectionId } = this.target;
      this.dependencies.logger?.error('a call failed inside the hub', { connection_id: connectionId, error });
      return [];
    }
  }

  private recordCall(results: readonly SendResult[]): void {
    const before = this.breaker;
    this.breaker = recordCall(before, callHealth(results));
    if (this.breaker.state !== before.state || this.breaker.consecutiveFailures !== before.consecutiveFailures)
      this.breakerChanged = true;
    if (this.breaker.state === 'closed') this.allowance = Math.min(this.allowance * 2, Number.MAX_SAFE_INTEGER);
    for (const result of results) {
      if (result.ok) {
        this.succeeded = true;
        continue;
      }
      this.lastError = result.error;
      const wait = connectionWait(result.error);
      if (wait !== null && wait.waitMs > (this.wait?.waitMs ?? 0)) this.wait = wait;
      if (verdictFor(result.error.category) === 'reauth') this.reauth = result.error;
    }
  }

  private nextResult(): Promise<void> {
    if (this.done.length > 0 || this.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function printableError(error: SendError): SendError {
  return JSON.parse(JSON.stringify(error).replaceAll('\\u0000', '\\ufffd')) as SendError;
}
