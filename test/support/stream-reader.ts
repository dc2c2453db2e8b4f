import http from 'node:http';
import { text } from 'node:stream/consumers';
import { waitUntil } from '@hub/testing';

export interface StreamMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads server-sent events for as long as they come, over a line of its own. */
export class StreamReader {
  readonly messages: StreamMessage[] = [];
  /** Comments, which only keep the line open. */
  readonly comments: string[] = [];
  hasEnded = false;

  private constructor(readonly response: http.IncomingMessage) {
    void this.read().catch(() => undefined);
  }

  /** @throws Error with the answer when it is no stream */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<StreamReader> {
    // Not by fetch: that one keeps lines at hand which nobody uses, and a server that stops waits for those.
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.get(url, { headers, agent: false }, resolve).on('error', reject);
    });
    if (response.statusCode === 200) return new StreamReader(response);
    throw new Error(`${url} answered ${response.statusCode}: ${await text(response)}`);
  }

  get lastId(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  named(...events: readonly string[]): StreamMessage[] {
    return this.messages.filter(({ event }) => events.includes(event));
  }

  wait(what: string, is: (reader: this) => boolean): Promise<unknown> {
    return waitUntil(what, () => Promise.resolve(is(this) ? true : null));
  }

  leave(): void {
    this.response.destroy();
  }

  private async read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of this.response.setEncoding('utf8') as AsyncIterable<string>) {
        const blocks = `${rest}${chunk}`.split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } finally {
      this.hasEnded = true;
    }
  }

  private take(block: string): void {
    const lines = block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line) ?? []);
    const field = (name: string): string | undefined => lines.find(([, key]) => key === name)?.[2];
    const comment = field('');
    if (comment !== undefined) this.comments.push(comment);
    const data = field('data');
    if (data === undefined) return;
    this.messages.push({
      id: field('id'),
      event: field('event') ?? '',
      data: JSON.parse(data) as StreamMessage['data'],
    });
  }
}
