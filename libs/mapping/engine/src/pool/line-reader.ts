import { type ChildMessage } from '../protocol';

/** Splits a child's output into messages and refuses what no well-behaved child says. */
export class LineReader {
  private parts: string[] = [];
  private length = 0;

  /** @param maxLength longest line in characters; a child that says more is broken or hostile. */
  constructor(private readonly maxLength: number) {}

  /** @throws Error when the line is too long or no message. */
  read(chunk: string): ChildMessage[] {
    const messages: ChildMessage[] = [];
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      this.push(chunk.slice(start, end));
      messages.push(parseMessage(this.parts.join('')));
      this.parts = [];
      this.length = 0;
      start = end + 1;
    }
    this.push(chunk.slice(start));
    return messages;
  }

  private push(part: string): void {
    this.length += part.length;
    if (this.length > this.maxLength) throw new Error('A mapping child sent a line that is too long');
    if (part !== '') this.parts.push(part);
  }
}

const KINDS: ReadonlySet<unknown> = new Set(['ready', 'output', 'error', 'links', 'end']);

function parseMessage(line: string): ChildMessage {
  const message: unknown = JSON.parse(line);
  if (!Array.isArray(message) || !KINDS.has(message[0])) throw new Error('A mapping child sent an unknown message');
  return message as unknown as ChildMessage;
}
