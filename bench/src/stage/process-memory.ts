import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { family } from './cpu-time';

export interface ProcessMemory {
  readonly pid: number;
  /** A mapping child, not a process that serves or drains. */
  readonly isMappingChild: boolean;
  readonly mb: number;
}

const KB_A_MB = 1_024;

/**
 * Memory of a program and all of its processes. The proportional set where the kernel tells it (a page that three
 * processes share counts a third for each), so that the parts add up to the whole; the resident set otherwise.
 */
export function memoryOf(pid: number): ProcessMemory[] {
  return family(pid).flatMap((id) => {
    const mb = memoryMb(id);
    return mb === null ? [] : [{ pid: id, isMappingChild: commandOf(id).includes('mapping-child'), mb }];
  });
}

/** @param smaps text of `smaps_rollup` or `status` @returns null when it tells nothing */
export function parseMemoryMb(text: string): number | null {
  const found = /^(?:Pss|VmRSS):\s+(\d+) kB/m.exec(text);
  return found === null ? null : Number(found[1]) / KB_A_MB;
}

/** Change an hour of a line through the values, by least squares; NaN for less than two of them. */
export function slopeAnHour(values: readonly { readonly atMs: number; readonly mb: number }[]): number {
  const mean = (of: (value: { atMs: number; mb: number }) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0) / values.length;
  const [atMean, mbMean] = [mean(({ atMs }) => atMs), mean(({ mb }) => mb)];
  let [above, below] = [0, 0];
  for (const { atMs, mb } of values) {
    above += (atMs - atMean) * (mb - mbMean);
    below += (atMs - atMean) ** 2;
  }
  return (above / below) * 3_600_000;
}

/** Looks at it until `work` has ended. */
export async function watchMemory<T>(everyMs: number, look: () => void, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      look();
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    look();
  })();
  try {
    return await work();
  } finally {
    ended.abort();
    await watching;
  }
}

function memoryMb(pid: number): number | null {
  for (const file of ['smaps_rollup', 'status']) {
    const mb = parseMemoryMb(read(`/proc/${pid}/${file}`));
    if (mb !== null) return mb;
  }
  return null;
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
