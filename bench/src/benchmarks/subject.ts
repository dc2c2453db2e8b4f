import { type BenchOptions } from '../options';
import { type Stage } from '../stage/stage';
import { rowOf, type Figures, type Row } from '../report/report';

/** One row of a table: how to make one run of it. */
export interface Subject {
  readonly name: string;
  readonly run: () => Promise<Figures>;
}

/**
 * Baselines and hub take turns, all of them in each round: what disturbs the machine for a while disturbs them alike, and
 * the medians are of the same minutes.
 */
export async function alternate(stage: Stage, subjects: readonly Subject[], options: BenchOptions): Promise<Row[]> {
  const wanted = subjects.filter(({ name }) => isWanted(name, subjects, options.only));
  const runs = new Map<string, Figures[]>(wanted.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.runs; round++) {
    for (const { name, run } of wanted) {
      process.stderr.write(`  round ${round} of ${options.runs}: ${name} … `);
      try {
        const figures = await run();
        runs.get(name)?.push(figures);
        const [first] = Object.entries(figures);
        process.stderr.write(`${first === undefined ? '' : `${Math.round(first[1] * 10) / 10} ${first[0]}`}\n`);
      } catch (error) {
        // One lost run must not cost the figures of the others; the exit code tells of it.
        process.stderr.write(`FAILED: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      }
      for (const line of await stage.statements()) process.stderr.write(`    ${line}\n`);
    }
  }
  return wanted.map(({ name }) => rowOf(name, runs.get(name) ?? []));
}

/** A word that is the whole name of a row means that row alone. */
function isWanted(name: string, subjects: readonly Subject[], words: readonly string[]): boolean {
  if (words.length === 0) return true;
  return words.some((word) =>
    subjects.some((subject) => subject.name === word) ? name === word : name.includes(word),
  );
}
