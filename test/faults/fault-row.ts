import fs from 'node:fs';
import { RECOVERY_MS } from './fault-stage';

/** What a row of the fault table tells beside red or green. */
export interface RowNotes {
  /** Seconds from the moment that the fault was over, or struck, until the hub worked again. More than 20 are red. */
  recovered(seconds: number): void;
  /** A figure or two, in words. */
  note(text: string): void;
}

/** `tools/faults.cjs` names the file in which rows leave their notes. */
const REPORT = process.env['HUB_FAULT_REPORT'];

/**
 * One row of the fault table: a test whose name is the fault. `npm run faults` prints all rows, with what each leaves here.
 * @param invariant what holds, as the table says it
 */
export function faultRow(
  fault: string,
  invariant: string,
  run: (told: RowNotes) => Promise<void>,
  timeoutMs = 180_000,
): void {
  it(
    fault,
    async () => {
      const notes: string[] = [];
      const recoveries: number[] = [];
      try {
        await run({
          recovered: (seconds) => void recoveries.push(seconds),
          note: (text) => notes.push(text),
        });
      } finally {
        const recovery = recoveries.length === 0 ? null : Math.max(...recoveries);
        const { currentTestName: name } = expect.getState();
        if (REPORT !== undefined)
          fs.appendFileSync(REPORT, `${JSON.stringify({ name, fault, invariant, recovery, notes })}\n`);
      }
      expect(recoveries.filter((seconds) => seconds > RECOVERY_MS / 1_000)).toEqual([]);
    },
    timeoutMs,
  );
}
