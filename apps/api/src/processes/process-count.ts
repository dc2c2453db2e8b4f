import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';

/** More of them on one machine would have more database connections than they are worth. */
const MOST_BY_DEFAULT = 4;

/**
 * How many processes answer requests: as asked for, else one for each core but one, four at most. The core that is left is for
 * PostgreSQL and the worker: on two cores, two processes accepted no more than one, for half as much again of CPU and twice the
 * memory. Without Redis it is one: each would count a tenant's requests for itself, and grant the whole limit. The settings
 * refuse to ask for more then.
 */
export function processCount(
  asked: number | undefined,
  hasSharedLimiter: boolean,
  cores = availableParallelism(),
): number {
  return asked ?? (hasSharedLimiter ? Math.max(1, Math.min(cores - 1, MOST_BY_DEFAULT)) : 1);
}

/** Among how many processes a limit is divided that none of them can share with the others; one that serves alone has all. */
export function processesSharingLimits(asked: number | undefined): number {
  return cluster.isWorker ? processCount(asked, true) : 1;
}
