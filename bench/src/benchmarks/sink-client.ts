import { setTimeout as delay } from 'node:timers/promises';

export interface SinkState {
  readonly count: number;
  /** By the clock that all processes of the machine share; 0 before the first arrival. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** The receiving system, asked from outside. */
export class SinkClient {
  constructor(readonly url: string) {}

  async reset(options: { readonly delayMs?: number; readonly record?: boolean } = {}): Promise<void> {
    const query = `delay=${options.delayMs ?? 0}&record=${options.record === true ? 1 : 0}`;
    await (await fetch(`${this.url}/reset?${query}`, { method: 'POST' })).text();
  }

  async state(): Promise<SinkState> {
    const state = (await (await fetch(this.url)).json()) as { count: number; first_ns: string; last_ns: string };
    return { count: state.count, firstNs: BigInt(state.first_ns), lastNs: BigInt(state.last_ns) };
  }

  /** First arrival of each record. */
  async arrivals(): Promise<Map<number, bigint>> {
    const list = (await (await fetch(`${this.url}/arrivals`)).json()) as [number, string][];
    const found = new Map<number, bigint>();
    for (const [ref, atNs] of list) if (!found.has(ref)) found.set(ref, BigInt(atNs));
    return found;
  }

  /** @throws Error when they do not come within the time */
  async waitFor(count: number, withinMs: number): Promise<SinkState> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const state = await this.state();
      if (state.count >= count) return state;
      if (Date.now() > deadline) throw new Error(`only ${state.count} of ${count} arrived within ${withinMs} ms`);
      await delay(25);
    }
  }
}
