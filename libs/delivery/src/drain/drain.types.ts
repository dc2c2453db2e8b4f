import { type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type Claim } from '../claim/claim';
import { type Slot } from '../claim/slot';
import {
  type ConnectionPort,
  type DeliveryMapper,
  type DrainObserver,
  type FoundConnection,
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
  /** A drain stops claiming after this long, so that connections take turns. See {@link budgetMs}. */
  readonly budgetMs: number;
  /** Most deliveries held by one drain at once, unless two batches of the vendor have more. */
  readonly mostClaimed: number;
}

export const DEFAULT_DRAIN_LIMITS: DrainLimits = { budgetMs: 1_000, mostClaimed: 1_000 };

/** What a drain begins with. */
export interface DrainStart {
  readonly slot: Slot;
  readonly found: FoundConnection;
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

/** Calls of so many records are jobs that a vendor works on for seconds. */
const BULK_RECORDS = 1_000;
const BULK_FACTOR = 10;

/** While the vendor is at work on one batch, the next is got ready. */
const BATCHES_AHEAD = 2;
/** Two jobs under way, and one ready to be sent while the outcomes of the last are written. */
const BULK_JOBS_AHEAD = 3;

type Capacity = Pick<OpenConnection, 'concurrency' | 'largestBatch'>;

/**
 * Claims ahead of the calls, but no more than keeps them busy: a crash makes orphans of whatever is claimed. In whole batches:
 * a rest of each claim would be a call of its own, and vendors count calls.
 * @param allowance calls that the vendor's state admits at once.
 */
export function claimSize(
  connection: Capacity,
  slot: Slot,
  limits: DrainLimits,
  rounds = LEAST_ROUNDS,
  allowance = Infinity,
): number {
  if (slot.breaker.state === 'half_open') return 1;
  const { concurrency, largestBatch } = connection;
  const ahead = largestBatch >= BULK_RECORDS ? BULK_JOBS_AHEAD : BATCHES_AHEAD;
  const least = Math.min(ahead, allowance) * largestBatch;
  const most = Math.max(Math.min(limits.mostClaimed, allowance * largestBatch), least);
  return wholeBatches(connection, Math.min(concurrency * largestBatch * rounds, most));
}

/** How long a drain claims. One of bulk jobs would otherwise end after the first, and leave the vendor idle in between. */
export function budgetMs(connection: OpenConnection, limits: DrainLimits): number {
  return connection.largestBatch >= BULK_RECORDS ? limits.budgetMs * BULK_FACTOR : limits.budgetMs;
}

/** Small refills would cost a transaction for each finished call; a bulk job's is worth one. @param wanted by `claimSize` */
export function leastRefill({ largestBatch }: Capacity, wanted: number): number {
  return largestBatch >= BULK_RECORDS ? Math.min(largestBatch, wanted) : Math.ceil(wanted / 2);
}

/** At most so many, as long as one batch fits in. */
export function wholeBatches({ largestBatch }: Capacity, records: number): number {
  return records <= largestBatch ? records : records - (records % largestBatch);
}
