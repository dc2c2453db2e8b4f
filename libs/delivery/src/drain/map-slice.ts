import { type DrainTarget } from '@hub/platform';
import { type ClaimedDelivery } from '../claim/claim.types';
import { settleFiltered, settleSkipped, settleUnmapped, settleWaitingForLink } from '../settle/settlement-policy';
import { type Settlement } from '../settle/settle.types';
import { vendorIdempotencyKey } from '../shared/idempotency-key';
import { type MappedItem } from './call-queue';
import { type MapOutcome } from './drain.ports';
import { type DrainDependencies } from './drain.types';

const MAPPING_FAILURE: MapOutcome = {
  kind: 'failed',
  transient: true,
  error: {
    category: 'transient',
    code: 'hub_internal',
    message: 'The hub itself failed while mapping; it is tried again.',
  },
};

export interface MappedSlice {
  readonly items: readonly MappedItem[];
  /** Of those that are not to be sent. */
  readonly settlements: readonly Settlement[];
}

/** Filters and maps claimed deliveries of one connection. */
export async function mapSlice(
  dependencies: DrainDependencies,
  target: DrainTarget,
  deliveries: readonly ClaimedDelivery[],
): Promise<MappedSlice> {
  const startedAt = new Date();
  const started = performance.now();
  const outcomes = await outcomesOf(dependencies, target, deliveries);
  const timing = { startedAt, durationMs: performance.now() - started };
  const items: MappedItem[] = [];
  const settlements: Settlement[] = [];
  deliveries.forEach((delivery, index) => {
    const outcome = outcomes[index] ?? MAPPING_FAILURE;
    if (outcome.kind === 'filtered') settlements.push(settleFiltered(delivery));
    else if (outcome.kind === 'skipped') settlements.push(settleSkipped(delivery, outcome.error));
    else if (outcome.kind === 'waiting') settlements.push(settleWaitingForLink(delivery, outcome.error, timing));
    else if (outcome.kind === 'failed')
      settlements.push(settleUnmapped(delivery, outcome.error, outcome.transient, timing));
    else {
      const { payloadText, mapping } = outcome;
      items.push({ delivery, payloadText, mapping, idempotencyKey: keyOf(target, delivery) });
    }
  });
  return { items, settlements };
}

/** The mapper reads mappings from the database: when that fails, it is no fault of the deliveries. */
async function outcomesOf(
  { mapper, logger }: DrainDependencies,
  target: DrainTarget,
  deliveries: readonly ClaimedDelivery[],
): Promise<readonly MapOutcome[]> {
  try {
    return await mapper.map(target.tenantId, deliveries, target.connectionId);
  } catch (error) {
    logger?.error('a slice could not be mapped', { connection_id: target.connectionId, error });
    return [];
  }
}

function keyOf(target: DrainTarget, delivery: ClaimedDelivery): string {
  return vendorIdempotencyKey({
    tenantId: target.tenantId,
    connectionId: target.connectionId,
    eventId: delivery.event.eventId,
    routeId: delivery.routeId,
  });
}
