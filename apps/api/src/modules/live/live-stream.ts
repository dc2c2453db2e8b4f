import { Readable } from 'node:stream';
import { writePosition, type TailEdge, type TailPosition } from '@hub/delivery';
import { type LiveTopic } from './live-topics';
import { heartbeat, message } from './server-sent';

/** Whoever reads more slowly than things happen is let go: they come back to where they were. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;
/** Whoever has not taken the last word by then loses the line without it. */
const LAST_WORD_MS = 1_000;

export interface LiveRequest {
  readonly tenantId: string;
  readonly topic: LiveTopic;
  /** Whether whoever opened it may still see it. */
  readonly isStillAllowed: () => Promise<boolean>;
}

/** What is told of one row. */
export interface LiveItem {
  readonly id: string;
  readonly name: 'accepted' | 'changed';
  readonly data: unknown;
}

/** One open line to one caller, and how far they have read. */
export class LiveStream {
  readonly readable = new Readable({ read: () => undefined, highWaterMark: MOST_WAITING_BYTES });
  private lastWordAt = Date.now();
  private hasClosed = false;

  constructor(
    readonly request: LiveRequest,
    private at: TailPosition,
    isResumed: boolean,
  ) {
    this.readable.push(`retry: ${RETRY_MS}\n${message('open', { resumed: isResumed }, writePosition(at))}`);
  }

  get position(): TailPosition {
    return this.at;
  }

  /** @param to where the stretch ends that the items are of; all of it has been told then */
  tell(items: readonly LiveItem[], to: TailEdge): void {
    const { edge } = this.at;
    const texts = items.map(({ id, name, data }, index) => {
      const isLast = index === items.length - 1;
      // Whoever loses the line in between is told the rest, and nothing of it twice.
      return message(name, data, writePosition(isLast ? { edge: to, partly: null } : { edge, partly: { to, id } }));
    });
    this.at = { edge: to, partly: null };
    if (texts.length > 0) this.write(texts.join(''));
  }

  /** More happened than is told one by one, or longer ago. */
  skip(to: TailEdge): void {
    this.at = { edge: to, partly: null };
    this.write(message('skipped', {}, writePosition(this.at)));
  }

  beat(everyMs: number): void {
    if (Date.now() - this.lastWordAt >= everyMs) this.write(heartbeat(writePosition(this.at)));
  }

  get isOpen(): boolean {
    return !this.hasClosed && !this.readable.destroyed;
  }

  close(code: 'not_allowed' | 'stopping' | 'interrupted'): void {
    if (!this.isOpen) return;
    this.hasClosed = true;
    this.readable.push(message('closed', { code }));
    this.readable.push(null);
    setTimeout(() => this.readable.destroy(), LAST_WORD_MS).unref();
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    this.lastWordAt = Date.now();
    this.readable.push(text);
    if (this.readable.readableLength > MOST_WAITING_BYTES) this.readable.destroy();
  }
}
