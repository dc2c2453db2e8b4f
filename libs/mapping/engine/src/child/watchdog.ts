import { workerData } from 'node:worker_threads';
import { MEMORY_SIGNAL, OVERRUN_SIGNAL } from '../protocol';

/**
 * A thread that watches the main one, which cannot look up while it burns: it ends the process when the parent is gone
 * (kill -9 closes no socket handler of a busy loop), when one item runs far beyond its limit, and when memory outside
 * the heap grows.
 */
export interface WatchdogData {
  readonly parentPid: number;
  /** One Int32: when the current item began (`itemClock`), or 0. */
  readonly shared: SharedArrayBuffer;
  readonly overrunMs: number;
  readonly maxRssBytes: number;
}

const INTERVAL_MS = 50;

/** Milliseconds in 31 bits and never 0: fits an Int32, and differences stay right over the wrap. */
export function itemClock(now: number): number {
  return (now & 0x7fffffff) | 1;
}

function watch({ parentPid, shared, overrunMs, maxRssBytes }: WatchdogData): void {
  const started = new Int32Array(shared);
  setInterval(() => {
    if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
    const since = Atomics.load(started, 0);
    if (since === 0) return;
    if (((itemClock(Date.now()) - since) & 0x7fffffff) > overrunMs) process.kill(process.pid, OVERRUN_SIGNAL);
    if (process.memoryUsage.rss() > maxRssBytes) process.kill(process.pid, MEMORY_SIGNAL);
  }, INTERVAL_MS);
}

if (workerData !== null) watch(workerData as WatchdogData);
