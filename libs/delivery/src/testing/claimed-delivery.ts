import { newUuid } from '@hub/platform';
import { type ClaimedDelivery } from '../claim/claim.types';

/** A delivery on its first attempt, as a claim gives it. */
export function claimedDelivery(overrides: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    id: newUuid(),
    trackingId: newUuid(),
    routeId: newUuid(),
    operation: 'thing.upsert',
    orderingKey: null,
    attemptNumber: 1,
    countedAttempts: 1,
    mayHaveBeenSent: false,
    isReplay: false,
    superseded: false,
    filterPending: false,
    filter: null,
    retryDelaysSeconds: null,
    mappingId: null,
    mappingVersion: null,
    mappedPayload: null,
    deferredMs: 0,
    event: {
      eventId: newUuid(),
      type: 'thing.changed',
      source: null,
      subject: null,
      occurredAt: null,
      receivedAt: new Date(0),
      payload: '{}',
      metadata: null,
      traceparent: null,
    },
    ...overrides,
  };
}
