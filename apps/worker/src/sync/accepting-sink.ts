import { eventFingerprint, type AcceptBatch, type AcceptInput, type AcceptOutcome } from '@hub/delivery';
import { newUuid, type DrainTarget, type Logger } from '@hub/platform';
import { type EventOutcome, type EventSink, type RecordEvent } from '@hub/sync';

export interface AcceptingSinkOptions {
  readonly batch: AcceptBatch;
  /** Of deliveries: rung for each connection that a route sends an event to. */
  readonly ring: (target: DrainTarget) => void;
  readonly logger: Logger;
}

/**
 * Pulled changes are accepted as every other event: key, event and deliveries in one transaction. Filters of routes are left
 * to the worker that delivers. A version that was accepted before with other data (another mapping, another way of noticing
 * it) is the same change all the same.
 */
export class AcceptingSink implements EventSink {
  constructor(private readonly options: AcceptingSinkOptions) {}

  async accept(tenantId: string, events: readonly RecordEvent[]): Promise<readonly EventOutcome[]> {
    const receivedAt = new Date();
    const outcomes = await this.options.batch.accept(events.map((event) => toInput(tenantId, event, receivedAt)));
    return outcomes.map((outcome, index) => this.note(tenantId, events[index], outcome));
  }

  private note(tenantId: string, event: RecordEvent | undefined, outcome: AcceptOutcome): EventOutcome {
    switch (outcome.kind) {
      case 'accepted':
        for (const { connectionId } of outcome.routes) this.options.ring({ tenantId, connectionId });
        return 'made';
      case 'duplicate':
      case 'reused':
        return 'duplicate';
      case 'refused':
        this.options.logger.error('the database refused a pulled change', {
          tenant_id: tenantId,
          event_id: event?.eventId,
        });
        return 'refused';
    }
  }
}

function toInput(tenantId: string, event: RecordEvent, receivedAt: Date): AcceptInput {
  return {
    tenantId,
    trackingId: newUuid(),
    eventId: event.eventId,
    type: event.type,
    source: event.source,
    subject: event.subject,
    occurredAt: event.occurredAt,
    receivedAt,
    payload: event.payloadText,
    metadata: null,
    fingerprint: eventFingerprint(event.type, event.payloadText),
    apiKeyId: null,
    requestId: null,
    traceparent: null,
  };
}
