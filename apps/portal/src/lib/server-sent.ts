/** One message of an event stream; without data it only says how far the stream has got. */
export interface ServerSent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string | null;
}

/** Reads event streams (HTML Living Standard, section 9.2.6), whatever pieces they come in. */
export class ServerSentParser {
  private rest = '';

  /** @returns the messages that the text completes */
  feed(text: string): ServerSent[] {
    // A line break of two characters may be torn apart: its second half waits for the first half's turn.
    const blocks = `${this.rest}${text}`.replace(/\r\n|\r(?!$)/g, '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => messageOf(block));
  }
}

function messageOf(block: string): ServerSent[] {
  const data: string[] = [];
  let event = 'message';
  let id: string | null = null;
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  }
  if (data.length === 0 && id === null) return [];
  return [{ id, event, data: data.length === 0 ? null : data.join('\n') }];
}

/** What comes, as it comes: what came together stays together. Ends with the stream. */
export async function* readServerSent(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly ServerSent[]> {
  const parser = new ServerSentParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = parser.feed(decoder.decode(value, { stream: true }));
      if (messages.length > 0) yield messages;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
