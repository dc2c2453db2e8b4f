import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger, type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type DeliveryMapper } from '../drain/drain.ports';
import { collectItems } from './candidates';
import { mapDry, readDrySlice, storeDryResults, type DrySlice } from './dry-run';
import { endItems } from './item-ends';
import {
  endReplay,
  holdReplay,
  releaseFailed,
  releaseReplay,
  REPLAY_LEASE_MS,
  setNextSlice,
  takeReplay,
  type HeldReplay,
  type ReplayLease,
  type ReplayTarget,
} from './replay-lease';
import { lateSlice } from './late-slice';
import { replaySlice } from './replay-slice';
import { takeUpSlice } from './take-up-slice';
import { withdraw } from './withdraw';

/** Who is told that a replay has more to do. */
export interface ReplayBell {
  ring(target: ReplayTarget): void;
  ringLater(target: ReplayTarget, delayMs: number): Promise<boolean>;
}

export interface ReplayRunnerOptions {
  /** Must not see internal rows: those are the hub's own. */
  readonly tenants: TenantDb;
  readonly mapper: DeliveryMapper;
  readonly bell: ReplayBell;
  /** Told of connections that have new work. */
  readonly ringDelivery: (target: DrainTarget) => void;
  readonly workerId: string;
  readonly logger?: Logger;
  readonly limits?: Partial<ReplayLimits>;
}

export interface ReplayLimits {
  /** A run ends after this long, so that replays take turns. */
  readonly budgetMs: number;
  /** Deliveries made in one transaction. */
  readonly sliceSize: number;
  /** Deliveries of one replay in the backlog at once: whatever else goes to the same connection waits behind no more. */
  readonly window: number;
  /** Items of a dry run mapped at once. */
  readonly drySliceSize: number;
}

const DEFAULT_LIMITS: ReplayLimits = { budgetMs: 2_000, sliceSize: 250, window: 2_000, drySliceSize: 100 };
/** Until the backlog of a replay is looked at again while it is full. */
const FULL_WAIT_MS = 100;
/** Between looks at what has not been delivered yet: a share of the time that it has taken so far. */
const LEAST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 30_000;
const LOOK_SHARE = 0.05;

interface Step {
  /** Until the next step. */
  readonly waitMs: number;
  readonly ended: boolean;
  readonly connectionIds: readonly string[];
  /** Of a dry run: to be mapped before it is written. */
  readonly dry: DrySlice | null;
}

const GO_ON: Step = { waitMs: 0, ended: false, connectionIds: [], dry: null };
const ENDED: Step = { ...GO_ON, ended: true };

/**
 * Works on replays: a step is one transaction, in which the items, the deliveries made of them, their events' counters and
 * the pace move together. Whoever dies leaves whole steps behind, and a lease that runs out; another goes on from there.
 */
export class ReplayRunner {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly logger: Logger;
  private readonly limits: ReplayLimits;

  constructor(private readonly options: ReplayRunnerOptions) {
    this.logger = options.logger ?? silentLogger;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Begins no further step, and waits for those under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** One turn. What is left is rung for. */
  async run(target: ReplayTarget): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const turn = this.turn(target);
    const settled = turn.catch(() => undefined);
    this.running.add(settled);
    await turn.finally(() => this.running.delete(settled));
  }

  private async turn(target: ReplayTarget): Promise<void> {
    const { tenants, workerId } = this.options;
    const lease = await tenants.run(target.tenantId, (tx) => takeReplay(tx, target, workerId));
    if (lease === null) return;
    const renewal = setInterval(() => void this.renew(lease), REPLAY_LEASE_MS / 3).unref();
    try {
      const left = await this.steps(lease);
      if (left === null) return;
      await tenants.run(lease.tenantId, (tx) => releaseReplay(tx, lease));
      if (left === 0) this.options.bell.ring(target);
      else await this.options.bell.ringLater(target, left);
    } catch (error) {
      this.logger.error('a replay failed; it goes on after a while', { replay_id: target.replayId, error });
      await tenants.run(lease.tenantId, (tx) => releaseFailed(tx, lease));
    } finally {
      clearInterval(renewal);
    }
  }

  /** @returns until it is to go on, in ms; null when it has ended, or the lease is lost. */
  private async steps(lease: ReplayLease): Promise<number | null> {
    const deadline = performance.now() + this.limits.budgetMs;
    for (;;) {
      const step = await this.step(lease);
      if (step === null || step.ended) return null;
      if (this.stopping.signal.aborted || performance.now() + step.waitMs > deadline) return step.waitMs;
      if (step.waitMs > 0) await delay(step.waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async step(lease: ReplayLease): Promise<Step | null> {
    const { tenants, mapper, ringDelivery } = this.options;
    const step = await tenants.run(lease.tenantId, async (tx) => {
      const replay = await holdReplay(tx, lease);
      return replay === null ? null : this.advance(tx, replay);
    });
    if (step === null) return null;
    for (const connectionId of step.connectionIds) ringDelivery({ tenantId: lease.tenantId, connectionId });
    const { dry } = step;
    if (dry === null) return step;
    const results = await mapDry(mapper, lease.tenantId, dry.items);
    return tenants.run(lease.tenantId, async (tx) => {
      const replay = await holdReplay(tx, lease);
      if (replay === null) return null;
      await endItems(tx, replay.id, dry.skipped);
      await storeDryResults(tx, replay.id, results);
      await setNextSlice(tx, replay.id, 0);
      return GO_ON;
    });
  }

  private async advance(tx: TenantTx, replay: HeldReplay): Promise<Step> {
    if (replay.status === 'cancelling') return this.takeBack(tx, replay);
    if (replay.due_in_ms > 0) return { ...GO_ON, waitMs: replay.due_in_ms };
    switch (replay.phase) {
      case 'collecting':
        await collectItems(tx, replay);
        return GO_ON;
      case 'working':
        return replay.dry_run ? this.readDry(tx, replay) : this.work(tx, replay);
      case 'delivering':
        return this.look(tx, replay);
    }
  }

  private async readDry(tx: TenantTx, replay: HeldReplay): Promise<Step> {
    const dry = await readDrySlice(tx, replay, this.limits.drySliceSize);
    if (dry.looked > 0) return { ...GO_ON, dry };
    await endReplay(tx, replay);
    return ENDED;
  }

  private async work(tx: TenantTx, replay: HeldReplay): Promise<Step> {
    const rate = replay.rate_per_second;
    const window = rate === null ? this.limits.window : Math.max(1, Math.ceil(rate));
    // Half a second's worth: a slow pace is no more than a fast one a matter of bursts.
    const most = rate === null ? this.limits.sliceSize : Math.max(1, Math.floor(rate / 2));
    const room = Math.min(window - (await queuedItems(tx, replay.id, window)), most, this.limits.sliceSize);
    if (room <= 0) return this.after(tx, replay, FULL_WAIT_MS);
    const slice = await sliceOf(replay)(tx, replay, room);
    if (slice.looked < room) {
      await tx.query(`update replays set phase = 'delivering' where tenant_id = $1 and id = $2`, [
        tx.tenantId,
        replay.id,
      ]);
    }
    const waitMs = rate === null ? 0 : Math.ceil((slice.made / rate) * 1_000);
    return { ...(await this.after(tx, replay, waitMs)), connectionIds: slice.connectionIds };
  }

  /** Everything is under way: whether it has arrived is for the drains to say. */
  private async look(tx: TenantTx, replay: HeldReplay): Promise<Step> {
    if ((await queuedItems(tx, replay.id, 1)) > 0) {
      const ageMs = Date.now() - (replay.started_at ?? replay.created_at).getTime();
      return this.after(tx, replay, Math.min(LONGEST_LOOK_MS, Math.max(LEAST_LOOK_MS, ageMs * LOOK_SHARE)));
    }
    await endReplay(tx, replay);
    return ENDED;
  }

  private async takeBack(tx: TenantTx, replay: HeldReplay): Promise<Step> {
    const { more, left, connectionIds } = await withdraw(tx, replay);
    if (more) return { ...(await this.after(tx, replay, left > 0 ? LEAST_LOOK_MS : 0)), connectionIds };
    await endReplay(tx, replay);
    return { ...ENDED, connectionIds };
  }

  private async after(tx: TenantTx, replay: HeldReplay, waitMs: number): Promise<Step> {
    const rounded = Math.ceil(waitMs);
    await setNextSlice(tx, replay.id, rounded);
    return { ...GO_ON, waitMs: rounded };
  }

  private async renew(lease: ReplayLease): Promise<void> {
    try {
      await this.options.tenants.run(lease.tenantId, (tx) => holdReplay(tx, lease), { relaxedDurability: true });
    } catch (error) {
      this.logger.warn('could not renew the lease of a replay', { replay_id: lease.replayId, error });
    }
  }
}

function sliceOf({ action, selection }: HeldReplay): typeof replaySlice {
  if (action !== 'replay') return takeUpSlice;
  return selection.kind === 'missing' ? lateSlice : replaySlice;
}

/** How many are under way, up to `most`. */
async function queuedItems(tx: TenantTx, replayId: string, most: number): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from (
       select 1 from replay_items where tenant_id = $1 and replay_id = $2 and outcome = 'queued' limit $3) queued`,
    [tx.tenantId, replayId, most],
    'count_queued_items',
  );
  return row?.n ?? 0;
}
