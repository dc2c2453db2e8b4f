import { type ArchivedEvent, type ArchivedRow, type HistoryNames } from '@hub/archive';
import { type DeliveryRow, type EventRow } from '@hub/delivery';

const text = (row: ArchivedRow, column: string): string => String(row[column]);
const orNull = <T>(row: ArchivedRow, column: string): T | null => (row[column] as T | null | undefined) ?? null;
const timeOrNull = (row: ArchivedRow, column: string): Date | null => {
  const value = orNull<string>(row, column);
  return value === null ? null : new Date(value);
};

/** As the database would have given it. What was archived by an older hub may lack columns: they are null. */
export function toEventRow(row: ArchivedRow): EventRow {
  return {
    id: row.id,
    event_id: text(row, 'event_id'),
    type: text(row, 'type'),
    source: orNull(row, 'source'),
    subject: orNull(row, 'subject'),
    occurred_at: timeOrNull(row, 'occurred_at'),
    received_at: new Date(text(row, 'received_at')),
    metadata: orNull(row, 'metadata'),
    status: row['status'] === 'open' ? 'processing' : (row['status'] as EventRow['status']),
    api_key_id: orNull(row, 'api_key_id'),
    request_id: orNull(row, 'request_id'),
    traceparent: orNull(row, 'traceparent'),
  };
}

export function toDeliveryRows({ event, deliveries }: ArchivedEvent, names: HistoryNames): DeliveryRow[] {
  return deliveries.map((row) => {
    const connection = names.connections.get(text(row, 'connection_id'));
    return {
      id: row.id,
      tracking_id: event.id,
      event_id: text(event, 'event_id'),
      event_type: text(event, 'type'),
      connection_id: text(row, 'connection_id'),
      connection_name: connection?.name ?? '',
      connector_id: connection?.connectorId ?? '',
      route_id: text(row, 'route_id'),
      route_name: names.routes.get(text(row, 'route_id')) ?? '',
      operation: text(row, 'operation'),
      ordering_key: orNull(row, 'ordering_key'),
      status: row['status'] as DeliveryRow['status'],
      reason: orNull(row, 'reason'),
      attempts: Number(row['attempts']),
      next_attempt_at: new Date(text(row, 'next_attempt_at')),
      mapping_id: orNull(row, 'mapping_id'),
      mapping_version: orNull(row, 'mapping_version'),
      external_id: orNull(row, 'external_id'),
      last_error: orNull(row, 'last_error'),
      created_at: new Date(text(row, 'created_at')),
      settled_at: timeOrNull(row, 'settled_at'),
      replay_of: orNull(row, 'replay_of'),
      replay_id: orNull(row, 'replay_id'),
      replayed_by: orNull(row, 'replayed_by'),
      resolved_by: orNull(row, 'resolved_by'),
      mapped: orNull(row, 'mapped_payload') !== null,
    };
  });
}
