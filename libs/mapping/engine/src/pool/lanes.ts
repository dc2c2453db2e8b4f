import { type PoolItem } from './pool.types';

/** Items of one slice: enough to make the round trip small, few enough to spread a batch over the pool. */
const MAX_SLICE_ITEMS = 64;
const MAX_SLICE_CHARACTERS = 512 * 1024;
/** How long a lane that lost a child stays under suspicion. */
const SUSPICION_MS = 10_000;

class Lane {
  private items: PoolItem[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: PoolItem): void {
    this.items.push(item);
  }

  unshift(items: readonly PoolItem[]): void {
    this.items = [...items, ...this.items.slice(this.head)];
    this.head = 0;
  }

  take(maxItems: number): PoolItem[] {
    const taken: PoolItem[] = [];
    let characters = 0;
    while (taken.length < maxItems) {
      const item = this.items[this.head];
      if (!item) break;
      characters += item.inputText.length + (item.bindingsText?.length ?? 0);
      if (taken.length > 0 && characters > MAX_SLICE_CHARACTERS) break;
      taken.push(item);
      this.head++;
    }
    if (this.head === this.items.length) this.unshift([]);
    return taken;
  }
}

/**
 * Fair waiting: lanes take turns, and a turn is one slice. A lane whose item ran into its time limit or killed a child is under suspicion for
 * ten seconds: its slices hold one item, and all suspects together may hold all children but one. So an endless loop costs
 * the other lanes at most its own time limit (with a pool of one) and normally nothing.
 */
export class Lanes {
  /** In the order of their turns; insertion order of a Map is the ring. */
  private readonly waiting = new Map<string, Lane>();
  private readonly suspects = new Map<string, number>();
  private count = 0;

  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.count;
  }

  add(item: PoolItem): void {
    this.laneOf(item.lane).push(item);
    this.count++;
  }

  /** Back to the front of their lane, in their order; the lane's turn does not change. */
  putBack(items: readonly PoolItem[]): void {
    const first = items[0];
    if (!first) return;
    this.laneOf(first.lane).unshift(items);
    this.count += items.length;
  }

  private laneOf(name: string): Lane {
    const lane = this.waiting.get(name) ?? new Lane();
    this.waiting.set(name, lane);
    return lane;
  }

  suspect(lane: string): void {
    const now = this.now();
    for (const [name, until] of this.suspects) if (until <= now) this.suspects.delete(name);
    this.suspects.set(lane, now + SUSPICION_MS);
  }

  isSuspect(lane: string): boolean {
    return (this.suspects.get(lane) ?? 0) > this.now();
  }

  /** The next slice, from the lane whose turn it is; `mayTakeSuspect` false passes over lanes under suspicion. */
  takeSlice(mayTakeSuspect: boolean, poolSize: number): PoolItem[] {
    for (const [name, lane] of this.waiting) {
      const suspect = this.isSuspect(name);
      if (suspect && !mayTakeSuspect) continue;
      // Spread over the pool, unless the other children have lanes of their own to serve: each part is a way there and back.
      const share = this.waiting.size < poolSize ? Math.ceil(lane.size / poolSize) : lane.size;
      const slice = lane.take(suspect ? 1 : Math.min(MAX_SLICE_ITEMS, share));
      this.waiting.delete(name);
      if (lane.size > 0) this.waiting.set(name, lane);
      this.count -= slice.length;
      return slice;
    }
    return [];
  }

  drain(): PoolItem[] {
    const all = [...this.waiting.values()].flatMap((lane) => lane.take(Number.MAX_SAFE_INTEGER));
    this.waiting.clear();
    this.count = 0;
    return all;
  }
}
