import { type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type Claim } from '../claim/claim';
import { type Slot } from '../claim/slot';
import { type ConnectionPort, type DeliveryMapper, type DrainObserver, type OpenConnection } from './drain.ports';

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
  readonly workerId: string;
  readonly logger?: Logger;
}

export interface DrainLimits {
  /** A drain stops claiming after this long, so that connections take turns. */
  readonly budgetMs: number;
  /** Most deliveries held by one drain at once. */
  readonly mostClaimed: number;
}

export const DEFAULT_DRAIN_LIMITS: DrainLimits = { budgetMs: 1_000, mostClaimed: 1_000 };

/** What a drain begins with. */
export interface DrainStart {
  readonly slot: Slot;
  readonly suspects: boolean;
  readonly claim: Claim;
}

/** Claims ahead of the calls, but no more than keeps them busy: a crash makes orphans of whatever is claimed. */
export function claimSize(connection: OpenConnection, slot: Slot, limits: DrainLimits): number {
  if (slot.breaker.state === 'half_open') return 1;
  return Math.min(connection.concurrency * connection.largestBatch * 2, limits.mostClaimed);
}
