import { setTimeout as pause } from 'node:timers/promises';
import { type DevFileContent } from '../data-folder/dev-file';
import { playSale, preparedStudy, type Step } from './case-study';
import { renderTable } from './table';

/** QuickBooks takes ten calls a second, and a throttle lasts a minute: one would be measured instead of the hub. */
const BETWEEN_SALES_MS = 2_000;
/** Within this, 95 of 100 changes that a vendor pushes reach the last system: what the hub promises. */
const PROMISED_P95_MS = 2_000;

/**
 * The case study again and again, one sale after the other: how long a change takes to the last of the systems.
 * @returns whether everything arrived, and 95 of 100 within the promise
 */
export async function measureCaseStudy(dev: DevFileContent, sales: number): Promise<boolean> {
  const { sandbox } = await preparedStudy(dev);
  // The first one pays for connections and caches that every later one finds.
  await playSale(sandbox);
  const played: (readonly Step[])[] = [];
  for (let n = 0; n < sales; n++) {
    await pause(BETWEEN_SALES_MS);
    played.push(await playSale(sandbox));
  }
  const changes = [...new Set(played.flatMap((steps) => steps.map(({ what }) => what)))];
  const figures = changes.map((change) => {
    const times = played.map((steps) => slowest(steps.filter(({ what }) => what === change)));
    return {
      change,
      lost: times.filter((ms) => ms === null).length,
      sorted: times.flatMap((ms) => ms ?? []).sort(byValue),
    };
  });
  console.log(
    renderTable(
      [
        { title: 'change' },
        { title: 'times', align: 'right' },
        { title: 'lost', align: 'right' },
        { title: 'p50 ms', align: 'right' },
        { title: 'p95 ms', align: 'right' },
        { title: 'slowest ms', align: 'right' },
      ],
      figures.map(({ change, lost, sorted }) => [
        `${change}, to the last system`,
        String(sales),
        String(lost),
        ...[0.5, 0.95, 1].map((share) => percentile(sorted, share).toFixed(0)),
      ]),
    ),
  );
  return figures.every(({ lost, sorted }) => lost === 0 && percentile(sorted, 0.95) <= PROMISED_P95_MS);
}

/** Null when one of them did not arrive. */
function slowest(steps: readonly Step[]): number | null {
  const times = steps.map(({ ms }) => ms);
  return times.includes(null) ? null : Math.max(...times.map(Number));
}

/** By the nearest rank: no figure is made up between two that were measured. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function byValue(a: number, b: number): number {
  return a - b;
}
