import {
  type DeliveryRow,
  type EventRow,
  type EventStatus,
  type FailureAdvice,
  type TimelineEntry,
} from '@hub/delivery';
import { toPublicId } from '@hub/platform';
import { type z } from 'zod';
import { type acceptedEvent, type deliverySummary } from './dto/event.response';

const idOrNull = (kind: Parameters<typeof toPublicId>[0], uuid: string | null): string | null =>
  uuid === null ? null : toPublicId(kind, uuid);

export interface AcceptedFacts {
  readonly trackingId: string;
  readonly eventId: string;
  readonly status: EventStatus;
  readonly duplicate: boolean;
  readonly receivedAt: Date;
  readonly routeIds: readonly string[];
}

export function acceptedResponse(facts: AcceptedFacts): z.output<typeof acceptedEvent> {
  const trackingId = toPublicId('event', facts.trackingId);
  return {
    tracking_id: trackingId,
    event_id: facts.eventId,
    status: facts.status,
    duplicate: facts.duplicate,
    received_at: facts.receivedAt.toISOString(),
    routes: facts.routeIds.map((id) => toPublicId('route', id)),
    links: { self: `/v1/events/${trackingId}` },
  };
}

export interface ShownEvent extends EventRow {
  /** It has left the database. */
  readonly archived?: boolean;
}

export function eventSummaryResponse(row: ShownEvent): Record<string, unknown> {
  return {
    tracking_id: toPublicId('event', row.id),
    event_id: row.event_id,
    type: row.type,
    source: row.source,
    subject: row.subject,
    status: row.status,
    occurred_at: row.occurred_at?.toISOString() ?? null,
    received_at: row.received_at.toISOString(),
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Record<string, unknown>),
    request_id: row.request_id,
    archived: row.archived ?? false,
  };
}

/**
 * The answer as JSON text, because the payload goes out byte for byte as it came in: `JSON.parse` and back would
 * change how its numbers are written.
 */
export function eventResponseText(row: ShownEvent, deliveries: readonly DeliveryRow[], advisor: Advisor): string {
  const shown = deliveries.map((delivery) => deliveryResponse(delivery, advisor));
  const text = JSON.stringify({ ...eventSummaryResponse(row), deliveries: shown });
  return row.payload === undefined ? text : `${text.slice(0, -1)},"payload":${row.payload}}`;
}

/** Who knows what to do about a delivery. */
export interface Advisor {
  adviceOf(row: DeliveryRow): FailureAdvice | null;
}

export function deliveryResponse(row: DeliveryRow, advisor: Advisor): z.output<typeof deliverySummary> {
  const waits = row.status === 'retrying' || row.status === 'pending' || row.status === 'held';
  return {
    id: toPublicId('delivery', row.id),
    event_tracking_id: toPublicId('event', row.tracking_id),
    event_id: row.event_id,
    event_type: row.event_type,
    connection_id: toPublicId('connection', row.connection_id),
    connection_name: row.connection_name,
    route_id: toPublicId('route', row.route_id),
    route_name: row.route_name,
    operation: row.operation,
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    next_attempt_at: waits ? row.next_attempt_at.toISOString() : null,
    mapping_id: idOrNull('mapping', row.mapping_id),
    mapping_version: row.mapping_version,
    external_id: row.external_id,
    last_error:
      row.last_error === null
        ? null
        : { ...row.last_error, fields: row.last_error.fields === undefined ? undefined : [...row.last_error.fields] },
    created_at: row.created_at.toISOString(),
    settled_at: row.settled_at?.toISOString() ?? null,
    replay_of: idOrNull('delivery', row.replay_of),
    replay_id: idOrNull('replay', row.replay_id),
    replayed_by: idOrNull('delivery', row.replayed_by),
    resolved_by: idOrNull('delivery', row.resolved_by),
    advice: advisor.adviceOf(row),
  };
}

export function timelineResponse(entry: TimelineEntry): Record<string, unknown> {
  return {
    at: entry.at.toISOString(),
    kind: entry.kind,
    message: entry.message,
    delivery_id: idOrNull('delivery', entry.deliveryId),
    route_id: idOrNull('route', entry.routeId),
    connection_id: idOrNull('connection', entry.connectionId),
  };
}
