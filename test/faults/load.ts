import { setTimeout as delay } from 'node:timers/promises';
import { type TestClient } from '@hub/testing';

export interface LoadOptions {
  readonly client: TestClient;
  readonly events: readonly LoadEvent[];
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Addresses that are tried in turn, each lane going to the next when one does not answer; the client's own when absent. */
  readonly apis?: readonly string[];
  /** Asked for each request, with the client's own: keys are changed under a load. */
  readonly key?: (own: string | null) => string | null;
  /** Awaited after each event: what others send beside this load is part of it, and over when it is over. */
  readonly beside?: (event: LoadEvent, nth: number) => Promise<void>;
}

export interface LoadEvent {
  readonly event_id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject?: string;
}

const PAUSE_MS = 50;
const REQUEST_TIMEOUT_MS = 15_000;

/**
 * Sends events as a careful customer does: whatever is not acknowledged is sent again with the same id, until it is. What
 * was acknowledged is never sent again, so that a lost one stays lost and is seen.
 */
export class Load {
  /** Tracking ids by event id, as the hub acknowledged them. */
  readonly acknowledged = new Map<string, string>();
  /** Events that a repeat found stored although no answer had come: the line was cut after the commit. */
  replayed = 0;
  /** Connections that were refused or cut. */
  cut = 0;
  readonly statuses = new Map<number, number>();
  /** Answers of the 5xx that did not say when to come back. */
  readonly rude: string[] = [];
  /** Answers that no repeat makes good: something else is said to have been sent under that id. */
  readonly refused: string[] = [];
  readonly finished: Promise<void>;
  /** What has been sent, or is being sent until it is acknowledged. */
  readonly taken: LoadEvent[] = [];
  private readonly waiting: LoadEvent[];
  private isAbandoned = false;

  constructor(private readonly options: LoadOptions) {
    this.waiting = [...options.events].reverse();
    this.finished = Promise.all(Array.from({ length: options.concurrency }, () => this.lane())).then(() => undefined);
  }

  /** Resolves once so many are acknowledged, with the load going on. */
  async reached(count: number): Promise<void> {
    while (this.acknowledged.size < count) await delay(5);
  }

  /** Takes no more events; those that were begun are sent until they are acknowledged. */
  async stop(): Promise<void> {
    this.waiting.length = 0;
    await this.finished;
  }

  /** Sends nothing more, acknowledged or not: a row that has failed must not keep its process from ending. */
  abandon(): void {
    this.isAbandoned = true;
    this.waiting.length = 0;
  }

  /** One more, beside what the lanes send. */
  async add(event: LoadEvent): Promise<void> {
    this.taken.push(event);
    await this.insist(event, 0);
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0;
  }

  /** Answers with this first digit. */
  countOf(hundreds: number): number {
    let sum = 0;
    for (const [status, count] of this.statuses) if (Math.floor(status / 100) === hundreds) sum += count;
    return sum;
  }

  private async lane(): Promise<void> {
    let at = 0;
    for (let event = this.waiting.pop(); event !== undefined; event = this.waiting.pop()) {
      const nth = this.taken.push(event);
      at = await this.insist(event, at);
      await this.options.beside?.(event, nth);
    }
  }

  /** @param at which address comes first. @returns which one has answered */
  private async insist(event: LoadEvent, at: number): Promise<number> {
    const { client, apis = [client.apiUrl] } = this.options;
    while (!(await this.send(event, apis[at % apis.length] ?? client.apiUrl)) && !this.isAbandoned) {
      at++;
      await delay(PAUSE_MS);
    }
    return at;
  }

  private async send(event: LoadEvent, api: string): Promise<boolean> {
    const { client, key = (own) => own } = this.options;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${api}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key(client.key)}`, 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      text = await response.text();
    } catch {
      this.cut++;
      return false;
    }
    this.statuses.set(response.status, this.count(response.status) + 1);
    if (response.status === 200 || response.status === 202) {
      const { tracking_id: trackingId } = JSON.parse(text) as { tracking_id: string };
      if (response.status === 200) this.replayed++;
      this.acknowledged.set(event.event_id, trackingId);
      return true;
    }
    if (response.status === 422) {
      this.refused.push(text);
      return true;
    }
    if (response.status >= 500 && response.headers.get('retry-after') === null) this.rude.push(text);
    return false;
  }
}
