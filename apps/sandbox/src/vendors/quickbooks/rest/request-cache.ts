import { type ApiReply } from '../quickbooks.api.types';
import { type Clock } from '../quickbooks.time';

interface Kept {
  readonly reply: ApiReply;
  readonly atMs: number;
  replays: number;
}

const MAX_KEPT = 20_000;

/**
 * The vendor's memory of `requestid`: the first answer comes back whole, whatever body the repetition carries.
 * Refused requests are not kept, so they can be repeated after a correction.
 */
export class RequestCache {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  find(requestId: string, ttlMs: number): ApiReply | undefined {
    const found = this.kept.get(requestId);
    if (!found || this.clock.now() - found.atMs > ttlMs) return undefined;
    found.replays++;
    return found.reply;
  }

  keep(requestId: string, reply: ApiReply): void {
    this.kept.set(requestId, { reply, atMs: this.clock.now(), replays: 0 });
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  list(): { request_id: string; at: string; replays: number }[] {
    return [...this.kept].map(([id, { atMs, replays }]) => ({
      request_id: id,
      at: new Date(atMs).toISOString(),
      replays,
    }));
  }
}
