import { LRUCache } from 'lru-cache';

/** Weight of the newest job: an org that is slower for an hour is followed within a few jobs. */
const NEWEST = 0.3;
/** A job that was over when it was first asked after may have been over for a while: the next is asked after a little sooner. */
const SOONER = 0.9;

/**
 * How long an org works on a record of a bulk job, by what earlier jobs of the connection and object took. Each question
 * whether a job has ended is a call of the daily budget, so the first one is best asked when the job is about to be over.
 * Of this process alone: who does not know asks as if each job were the first.
 */
export class JobTimes {
  private readonly msARecord = new LRUCache<string, number>({ max: 2_000 });

  /** @returns null where no job of these has ended yet */
  expectedMs(connectionId: string, object: string, records: number): number | null {
    const known = this.msARecord.get(keyOf(connectionId, object));
    return known === undefined ? null : known * records;
  }

  /**
   * @param openAtMs after so long the job was last seen under way; null when it was over at the first question
   * @param endedAtMs after so long it was seen to be over
   */
  learn(connectionId: string, object: string, records: number, openAtMs: number | null, endedAtMs: number): void {
    const key = keyOf(connectionId, object);
    const tookMs = openAtMs === null ? endedAtMs * SOONER : (openAtMs + endedAtMs) / 2;
    const known = this.msARecord.get(key);
    const newest = tookMs / Math.max(1, records);
    this.msARecord.set(key, known === undefined ? newest : known + (newest - known) * NEWEST);
  }
}

function keyOf(connectionId: string, object: string): string {
  return `${connectionId} ${object}`;
}
