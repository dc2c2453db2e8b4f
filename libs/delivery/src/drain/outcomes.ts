import { type Settlement } from '../settle/settle.types';

/** Outcomes taken out to be written together. */
export interface OutcomeBatch {
  readonly settlements: readonly Settlement[];
  readonly sent: number;
}

/** Outcomes of one drain on their way to the database, and how much a crash at this moment would repeat. */
export class Outcomes {
  private waiting: Settlement[] = [];
  /** Of the waiting ones, those that were sent. */
  private sent = 0;
  private firstAt = 0;
  private risked = 0;

  get size(): number {
    return this.waiting.length;
  }

  /** Records sent, or being sent, whose outcome is not yet written. */
  get atRisk(): number {
    return this.risked;
  }

  /** How long the oldest has waited, in ms. */
  ageMs(): number {
    return this.waiting.length === 0 ? 0 : performance.now() - this.firstAt;
  }

  sending(records: number): void {
    this.risked += records;
  }

  /** For what was not sent. */
  add(settlement: Settlement): void {
    if (this.waiting.length === 0) this.firstAt = performance.now();
    this.waiting.push(settlement);
  }

  /** For one of the records that `sending` has counted. */
  addSent(settlement: Settlement): void {
    this.add(settlement);
    this.sent++;
  }

  take(): OutcomeBatch {
    const batch = { settlements: this.waiting, sent: this.sent };
    this.waiting = [];
    this.sent = 0;
    return batch;
  }

  written(batch: OutcomeBatch): void {
    this.risked -= batch.sent;
  }
}
