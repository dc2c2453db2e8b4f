import { type VirtualClock } from '../../../kernel/virtual-clock';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** API calls of the last 24 hours, counted by the hour: the vendor's window rolls too. */
export class ApiUsage {
  private readonly hours = new Map<number, number>();

  constructor(private readonly clock: VirtualClock) {}

  add(calls = 1): void {
    const hour = Math.floor(this.clock.now() / HOUR_MS);
    this.hours.set(hour, (this.hours.get(hour) ?? 0) + calls);
    for (const old of this.hours.keys()) if (old <= hour - HOURS) this.hours.delete(old);
  }

  used(): number {
    const hour = Math.floor(this.clock.now() / HOUR_MS);
    let total = 0;
    for (const [at, calls] of this.hours) if (at > hour - HOURS && at <= hour) total += calls;
    return total;
  }

  /** Pretends that so many calls were made, now. */
  set(calls: number): void {
    this.hours.clear();
    this.add(calls);
  }
}
