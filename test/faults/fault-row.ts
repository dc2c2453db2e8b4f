import fs from 'node:fs';

/** What a row of the fault table tells beside red or green. */
export interface RowNotes {
  /** Seconds from the moment that the fault was over, or struck, until the hub worked again. */
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
      let recovery: number | null = null;
      try {
        await run({
          recovered: (seconds) => (recovery = Math.max(recovery ?? 0, seconds)),
          note: (text) => notes.push(text),
        });
      } finally {
        const { currentTestName: name } = expect.getState();
        if (REPORT !== undefined)
          fs.appendFileSync(REPORT, `${JSON.stringify({ name, fault, invariant, recovery, notes })}\n`);
      }
    },
    timeoutMs,
  );
}
