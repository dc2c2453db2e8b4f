const KEPT_BYTES = 16 * 1024;
const KEPT_LINES = 20;

/** The end of a child's output, kept as chunks: cutting a busy child's output into lines would cost more than it tells. */
export class LastLines {
  private chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.chunks.length > 1 && this.size - (this.chunks[0]?.length ?? 0) >= KEPT_BYTES) {
      this.size -= this.chunks.shift()?.length ?? 0;
    }
  }

  all(): readonly string[] {
    const text = Buffer.concat(this.chunks).toString('utf8');
    return text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-KEPT_LINES);
  }
}
