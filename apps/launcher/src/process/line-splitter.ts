import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is let go in pieces: some output never has a line break. */
const MAX_PENDING = 256 * 1024;

/** Cuts chunks of bytes into lines; a character split between two chunks stays whole. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private pending = '';

  constructor(private readonly onLine: (line: string) => void) {}

  add(chunk: Buffer): void {
    const parts = (this.pending + this.decoder.write(chunk)).split('\n');
    this.pending = parts.pop() ?? '';
    for (const part of parts) this.onLine(part.endsWith('\r') ? part.slice(0, -1) : part);
    if (this.pending.length > MAX_PENDING) {
      this.onLine(this.pending);
      this.pending = '';
    }
  }

  /** What is left when the stream has ended. */
  end(): void {
    const rest = this.pending + this.decoder.end();
    this.pending = '';
    if (rest !== '') this.onLine(rest);
  }
}
