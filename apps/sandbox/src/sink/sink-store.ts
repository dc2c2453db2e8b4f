import { type SinkBehaviour } from './sink-behaviour';

/** Requests kept for each sink; older ones leave, the counts stay. */
const KEPT = 10_000;
const MAX_SINKS = 1_000;

export interface SinkRequest {
  readonly seq: number;
  /** Arrival of the whole request, milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  /** Name, value, name, value: as they came, in their order. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly accepted: boolean;
}

/** One named receiver. Written on the hot path: a ring, a few counters and one map, nothing else. */
export class Sink {
  behaviour: SinkBehaviour | undefined;
  total = 0;
  accepted = 0;
  /** Idempotency keys, and how many accepted requests carried each. */
  private keys = new Map<string, number>();
  private acceptedKeys = 0;
  private duplicates = 0;
  private ring: SinkRequest[] = [];

  constructor(readonly name: string) {}

  record(request: Omit<SinkRequest, 'seq'>, key: string | undefined): void {
    const entry = { ...request, seq: ++this.total };
    if (this.ring.length < KEPT) this.ring.push(entry);
    else this.ring[(this.total - 1) % KEPT] = entry;
    if (request.accepted) this.accepted++;
    if (key === undefined) return;
    const before = this.keys.get(key) ?? 0;
    this.keys.set(key, request.accepted ? before + 1 : before);
    if (!request.accepted) return;
    if (before === 0) this.acceptedKeys++;
    else this.duplicates++;
  }

  counts(): {
    total: number;
    accepted: number;
    distinct_keys: number;
    accepted_distinct_keys: number;
    accepted_duplicates: number;
  } {
    return {
      total: this.total,
      accepted: this.accepted,
      distinct_keys: this.keys.size,
      accepted_distinct_keys: this.acceptedKeys,
      accepted_duplicates: this.duplicates,
    };
  }

  /** Oldest first, those still kept. */
  requests(afterSeq: number, limit: number): SinkRequest[] {
    const from = Math.max(afterSeq + 1, this.total - this.ring.length + 1);
    const found: SinkRequest[] = [];
    for (let seq = from; seq <= this.total && found.length < limit; seq++) {
      const entry = this.ring[(seq - 1) % KEPT];
      if (entry) found.push(entry);
    }
    return found;
  }
}

export class SinkStore {
  private sinks = new Map<string, Sink>();

  /** @returns `undefined` when there are too many sinks already */
  open(name: string): Sink | undefined {
    const sink = this.sinks.get(name);
    if (sink || this.sinks.size >= MAX_SINKS) return sink;
    const created = new Sink(name);
    this.sinks.set(name, created);
    return created;
  }

  find(name: string): Sink | undefined {
    return this.sinks.get(name);
  }

  all(): Sink[] {
    return [...this.sinks.values()];
  }

  remove(name: string): void {
    this.sinks.delete(name);
  }

  clear(): void {
    this.sinks.clear();
  }
}
