/** Milliseconds, collected without growing pains and read once at the end. */
export class Latencies {
  private readonly values: number[] = [];

  add(ms: number): void {
    this.values.push(ms);
  }

  get count(): number {
    return this.values.length;
  }

  /** Nearest rank; NaN when there is nothing. */
  summary(): { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } {
    const sorted = Float64Array.from(this.values).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}
