import { type JsonObject } from '@hub/platform';

interface EventFacts {
  readonly eventId: string;
  readonly type: string;
  readonly source: string | null;
  readonly subject: string | null;
  readonly occurredAt: Date | string | null;
  readonly receivedAt: Date;
  readonly metadata: string | null;
}

/** What mappings and filters see as `$event`, beside the payload, which is the input itself. */
export function eventBindings(event: EventFacts): JsonObject {
  const occurred = event.occurredAt;
  return {
    event_id: event.eventId,
    type: event.type,
    source: event.source,
    subject: event.subject,
    occurred_at: occurred === null ? null : new Date(occurred).toISOString(),
    received_at: event.receivedAt.toISOString(),
    metadata: event.metadata === null ? null : (JSON.parse(event.metadata) as JsonObject),
  };
}

/**
 * A route's filter as an expression that always answers true or false: JSONata's idea of truth, and a path that leads
 * nowhere is a no rather than an error.
 */
export function filterExpression(filter: string): string {
  return `$boolean([(${filter}\n)])`;
}
