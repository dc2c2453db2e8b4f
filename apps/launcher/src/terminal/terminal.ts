/** What the person sees. Lines only: output may go to a file or another program as well. */
export class Terminal {
  private readonly running = new Set<string>();
  private hasStatus = false;

  constructor(
    private readonly out: NodeJS.WritableStream,
    /** Shows what is under way in a line that is overwritten. */
    private readonly isInteractive: boolean,
  ) {
    // A closed terminal must not end the hub in the middle of an orderly stop.
    out.on('error', () => undefined);
  }

  say(text: string): void {
    this.clearStatus();
    this.out.write(`${text}\n`);
    this.drawStatus();
  }

  /**
   * Runs one step and says how long it took.
   * @param describe what was done, from the outcome; null says nothing
   */
  async step<T>(
    name: string,
    work: () => Promise<T>,
    describe: (outcome: T) => string | null = () => name,
  ): Promise<T> {
    const startedAt = performance.now();
    this.running.add(name);
    this.redraw();
    try {
      const outcome = await work();
      const text = describe(outcome);
      this.running.delete(name);
      if (text !== null) this.say(`  ✓ ${text.padEnd(66)} ${seconds(performance.now() - startedAt)}`);
      return outcome;
    } finally {
      this.running.delete(name);
      this.redraw();
    }
  }

  private redraw(): void {
    this.clearStatus();
    this.drawStatus();
  }

  private clearStatus(): void {
    if (!this.hasStatus) return;
    this.out.write('\r\u001b[2K');
    this.hasStatus = false;
  }

  private drawStatus(): void {
    if (!this.isInteractive || this.running.size === 0) return;
    this.out.write(`  … ${[...this.running].join(', ')}`);
    this.hasStatus = true;
  }
}

/** `0.42 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
