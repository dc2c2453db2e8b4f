import { type MappingEngineEvent } from '../mapping-engine.types';
import { type ChildSettings } from '../protocol';
import { childEntry, launchChild } from './child-launch';
import { Lanes } from './lanes';
import { MappingChildHandle, type ChildDeath } from './mapping-child-handle';
import { OUT_OF_MEMORY, UNAVAILABLE, type PoolItem } from './pool.types';

export interface ChildPoolSettings {
  readonly poolSize: number;
  readonly heapMb: number;
  readonly maxRunsPerChild: number;
  /** A child above it after a slice is replaced. */
  readonly recycleRssBytes: number;
  readonly child: ChildSettings;
  readonly onEvent: (event: MappingEngineEvent) => void;
}

/** A child that cannot start three times in a row means that none will soon: whoever waits is told. */
const HOPELESS_STARTS = 3;
const MAX_RESTART_DELAY_MS = 5_000;
/** An item whose child died for no clear reason runs once more: something outside may have killed the child. */
const MAX_UNEXPLAINED_DEATHS = 2;

/** Keeps the children alive, replaces them in turn, and gives them slices. */
export class ChildPool {
  private readonly entry = childEntry();
  private readonly lanes = new Lanes(() => performance.now());
  private readonly children = new Set<MappingChildHandle>();
  /** Child on its way out → its successor, which takes over when it is ready. */
  private readonly successors = new Map<MappingChildHandle, MappingChildHandle>();
  private readonly leaving = new Set<MappingChildHandle>();
  private readonly restarts = new Set<NodeJS.Timeout>();
  private failedStarts = 0;
  private closing: { readonly done: () => void } | undefined;
  private closed: Promise<void> | undefined;

  constructor(private readonly settings: ChildPoolSettings) {
    for (let index = 0; index < settings.poolSize; index++) this.launch();
  }

  get queued(): number {
    return this.lanes.size;
  }

  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  submit(items: readonly PoolItem[]): void {
    for (const item of items) this.lanes.add(item);
    this.dispatch();
  }

  /** Waiting and running items are answered `mapping_unavailable`; resolves when no child is left. */
  close(): Promise<void> {
    this.closed ??= new Promise<void>((resolve) => {
      this.closing = { done: resolve };
      for (const timer of this.restarts) clearTimeout(timer);
      this.refuseWaiting();
      for (const child of this.children) child.kill('died');
      if (this.children.size === 0) resolve();
    });
    return this.closed;
  }

  private launch(): MappingChildHandle {
    const { heapMb, child } = this.settings;
    // A line holds an output as JSON text within JSON: each character may take six (\u0000), quoted once more.
    const handle = new MappingChildHandle(
      launchChild(this.entry, heapMb, child),
      {
        ready: (ready) => this.onReady(ready),
        ranTooLong: (item) => this.lanes.suspect(item.lane),
        sliceEnded: (ended, unprocessed) => this.onSliceEnded(ended, unprocessed),
        exited: (gone, death) => this.onExited(gone, death),
      },
      child.maxOutputBytes * 8 + 64 * 1024,
    );
    this.children.add(handle);
    return handle;
  }

  private onReady(child: MappingChildHandle): void {
    this.failedStarts = 0;
    this.settings.onEvent({ kind: 'child_started', pid: child.pid, afterMs: performance.now() - child.launchedAt });
    for (const [old, successor] of this.successors) {
      if (successor !== child) continue;
      this.successors.delete(old);
      this.retire(old);
    }
    this.dispatch();
  }

  private onSliceEnded(child: MappingChildHandle, unprocessed: readonly PoolItem[]): void {
    if (this.isClosing) for (const item of unprocessed) item.settle(UNAVAILABLE);
    else this.lanes.putBack(unprocessed);
    if (this.leaving.has(child)) child.end();
    else if (this.isWorn(child) && !this.successors.has(child) && !this.isClosing)
      this.successors.set(child, this.launch());
    this.dispatch();
  }

  private isWorn(child: MappingChildHandle): boolean {
    return child.runs >= this.settings.maxRunsPerChild || child.rssBytes > this.settings.recycleRssBytes;
  }

  /** The old child serves until its successor is ready, so replacing costs nobody a wait. */
  private retire(old: MappingChildHandle): void {
    if (!this.children.has(old)) return;
    this.leaving.add(old);
    this.settings.onEvent({ kind: 'child_recycled', pid: old.pid, runs: old.runs, rssBytes: old.rssBytes });
    if (old.isIdle) old.end();
  }

  private onExited(child: MappingChildHandle, death: ChildDeath): void {
    this.children.delete(child);
    const left = this.leaving.delete(child);
    const successor = this.successors.get(child);
    this.successors.delete(child);
    if (this.isClosing) return this.whileClosing(death);
    this.judge(death);
    if (!death.ready) return this.onFailedStart(child, death);
    if (!left) this.settings.onEvent({ kind: 'child_killed', pid: child.pid, reason: death.reason });
    if (!left && !successor) this.launch();
    this.dispatch();
  }

  private whileClosing(death: ChildDeath): void {
    for (const item of [...(death.culprit ? [death.culprit] : []), ...death.unprocessed]) item.settle(UNAVAILABLE);
    if (this.children.size === 0) this.closing?.done();
  }

  private judge({ culprit, verdict, unprocessed }: ChildDeath): void {
    this.lanes.putBack(unprocessed);
    if (!culprit) return;
    this.lanes.suspect(culprit.lane);
    culprit.deaths++;
    if (verdict) culprit.settle(verdict);
    else if (culprit.deaths >= MAX_UNEXPLAINED_DEATHS) culprit.settle(OUT_OF_MEMORY);
    else this.lanes.putBack([culprit]);
  }

  private onFailedStart(child: MappingChildHandle, { exitCode, signal }: ChildDeath): void {
    this.failedStarts++;
    this.settings.onEvent({ kind: 'child_start_failed', exitCode, signal, inARow: this.failedStarts });
    const someoneWorks = [...this.children].some((child) => child.isReady);
    if (this.failedStarts >= HOPELESS_STARTS && !someoneWorks) this.refuseWaiting();
    const delay = Math.min(MAX_RESTART_DELAY_MS, 100 * 2 ** Math.min(this.failedStarts, 10));
    const timer = setTimeout(() => {
      this.restarts.delete(timer);
      // A worn child may now be given another successor.
      for (const [old, successor] of this.successors) if (successor === child) this.successors.delete(old);
      if (this.children.size < this.settings.poolSize) this.launch();
    }, delay);
    this.restarts.add(timer);
  }

  private refuseWaiting(): void {
    for (const item of this.lanes.drain()) item.settle(UNAVAILABLE);
  }

  private dispatch(): void {
    if (this.isClosing) return;
    for (const child of this.children) {
      if (this.lanes.size === 0) return;
      if (!child.isIdle || this.leaving.has(child)) continue;
      const slice = this.lanes.takeSlice(this.mayTakeSuspect(), this.settings.poolSize);
      if (slice.length > 0) child.run(slice);
    }
  }

  private mayTakeSuspect(): boolean {
    const held = [...this.children].filter(
      (child) => child.lane !== undefined && this.lanes.isSuspect(child.lane),
    ).length;
    return held < Math.max(1, this.settings.poolSize - 1);
  }
}
