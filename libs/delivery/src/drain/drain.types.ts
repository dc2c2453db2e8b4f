import { type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type Claim } from '../claim/claim';
import { type Slot } from '../claim/slot';
import {
  type ConnectionPort,
  type DeliveryMapper,
  type DrainObserver,
  type OpenConnection,
  type WriteBook,
} from './drain.ports';

/** Who is told that a connection has more to do. */
export interface Ringer {
  ring(target: DrainTarget): void;
  ringLater(target: DrainTarget, delayMs: number): Promise<boolean>;
}

export interface DrainDependencies {
  readonly tenantDb: TenantDb;
  readonly mapper: DeliveryMapper;
  readonly connections: ConnectionPort;
  readonly bell: Ringer;
  readonly observer: DrainObserver;
  /** Left out: nothing is remembered of what was written. */
  readonly book?: WriteBook;
  readonly workerId: string;
  readonly logger?: Logger;
}

export interface DrainLimits {
  /** A drain stops claiming after this long, so that connections take turns. */
  readonly budgetMs: number;
  /** Most deliveries held by one drain at once, unless a single batch of the vendor has more. */
  readonly mostClaimed: number;
}

export const DEFAULT_DRAIN_LIMITS: DrainLimits = { budgetMs: 1_000, mostClaimed: 1_000 };

/** What a drain begins with. */
export interface DrainStart {
  readonly slot: Slot;
  readonly suspects: boolean;
  readonly claim: Claim;
}

/** A claim fills the calls allowed at once this often; what is under way and what comes next. */
export const LEAST_ROUNDS = 2;
const MOST_ROUNDS = 8;
/** Time for which calls are claimed ahead: a drain also has to come to its end. */
const AHEAD_MS = 250;

/** Fast calls are claimed for in larger slices, since each claim costs a transaction. @param callMs one call's time. */
export function roundsFor(callMs: number): number {
  return Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, Math.floor(AHEAD_MS / Math.max(callMs, 1))));
}

/**
 * Claims ahead of the calls, but no more than keeps them busy: a crash makes orphans of whatever is claimed. In whole batches:
 * a rest of each claim would be a call of its own, and vendors count calls.
 */
export function claimSize(connection: OpenConnection, slot: Slot, limits: DrainLimits, rounds = LEAST_ROUNDS): number {
  if (slot.breaker.state === 'half_open') return 1;
  const most = Math.max(limits.mostClaimed, connection.largestBatch);
  return wholeBatches(connection, Math.min(connection.concurrency * connection.largestBatch * rounds, most));
}

/** At most so many, as long as one batch fits in. */
export function wholeBatches({ largestBatch }: OpenConnection, records: number): number {
  return records <= largestBatch ? records : records - (records % largestBatch);
}
