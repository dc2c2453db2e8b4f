import { z } from 'zod';
import { toPublicId, type JsonObject } from '@hub/platform';
import { type BusEvent, type Facts } from '../notices/bus-event';

/** One type of notice: what it says, and how that is read off the bus. */
export interface NoticeKind {
  readonly type: string;
  readonly summary: string;
  /** Of the notice's `data`. */
  readonly data: z.ZodType;
  /** Its `data`. */
  readonly example: JsonObject;
  /** Null when what it is about is gone by now. */
  build(event: BusEvent, facts: Facts): JsonObject | null;
}

const moment = z.string().meta({ format: 'date-time' });
const failure = z
  .object({ category: z.string(), code: z.string(), message: z.string() })
  .nullable()
  .describe('The last failure, in words fit for a person.');

const deliveryData = z.object({
  delivery_id: z.string(),
  tracking_id: z.string().describe('Of the event: ask `/v1/events/{tracking_id}` for all about it.'),
  event_id: z.string().describe('As the sender named it.'),
  event_type: z.string(),
  subject: z.string().nullable(),
  connection_id: z.string(),
  connection_name: z.string(),
  route_id: z.string(),
  route_name: z.string(),
  operation: z.string(),
  attempts: z.int(),
  reason: z.string().nullable(),
  external_id: z.string().nullable().describe('Of the record in the connected system.'),
  next_attempt_at: moment.nullable(),
  error: failure,
});

const DELIVERY_EXAMPLE = {
  delivery_id: 'dlv_01k9g8xv7hf2p9w3c5q6r7s8t9',
  tracking_id: 'evt_01k9g8xv7hf2p9w3c5q6r7s8t9',
  event_id: 'inv-2041-v3',
  event_type: 'invoice.created',
  subject: 'invoice/INV-2041',
  connection_id: 'con_01k9g8xv7hf2p9w3c5q6r7s8t9',
  connection_name: 'QuickBooks Ltd',
  route_id: 'rte_01k9g8xv7hf2p9w3c5q6r7s8t9',
  route_name: 'Invoices to QuickBooks',
  operation: 'Invoice.upsert',
  attempts: 1,
  reason: null,
  external_id: null,
  next_attempt_at: null,
  error: null,
};
const REFUSAL = { category: 'validation', code: '6240', message: 'Duplicate name' };

/** @param differs from a delivery that nothing has happened to yet. */
export function deliveryNotice(type: string, summary: string, differs: JsonObject): NoticeKind {
  const showsFailure = type === 'delivery.dead' || type === 'delivery.retrying';
  return {
    type,
    summary,
    data: deliveryData,
    example: { ...DELIVERY_EXAMPLE, ...differs },
    build({ deliveryId }, { deliveries }) {
      const found = deliveries.get(deliveryId ?? '');
      if (found === undefined) return null;
      const { error } = found;
      return {
        delivery_id: toPublicId('delivery', found.id),
        tracking_id: toPublicId('event', found.trackingId),
        event_id: found.eventId,
        event_type: found.eventType,
        subject: found.subject,
        connection_id: toPublicId('connection', found.connectionId),
        connection_name: found.connectionName,
        route_id: toPublicId('route', found.routeId),
        route_name: found.routeName,
        operation: found.operation,
        attempts: found.attempts,
        reason: found.reason,
        external_id: found.externalId,
        next_attempt_at: found.nextAttemptAt?.toISOString() ?? null,
        error:
          !showsFailure || error === null
            ? null
            : { category: error.category, code: error.code, message: error.message },
      };
    },
  };
}

export const DELIVERY_FAILURE = { attempts: 3, error: REFUSAL } as const;

const connectionData = z.object({
  connection_id: z.string(),
  connection_name: z.string(),
  connector: z.string(),
});

/** About a connection, with further members that are taken from what the bus holds. */
export function connectionNotice(
  type: string,
  summary: string,
  further: z.ZodRawShape,
  example: JsonObject,
  read: (data: JsonObject) => JsonObject,
): NoticeKind {
  return {
    type,
    summary,
    data: connectionData.extend(further),
    example: {
      connection_id: DELIVERY_EXAMPLE.connection_id,
      connection_name: DELIVERY_EXAMPLE.connection_name,
      connector: 'quickbooks',
      ...example,
    },
    build({ connectionId, data }, { connections }) {
      const found = connections.get(connectionId ?? '');
      if (found === undefined) return null;
      return {
        connection_id: toPublicId('connection', found.id),
        connection_name: found.name,
        connector: found.connectorId,
        ...read(data),
      };
    },
  };
}

/** About nothing that has to be looked up: its `data` is read off the bus. */
export function plainNotice(
  type: string,
  summary: string,
  shape: z.ZodRawShape,
  example: JsonObject,
  read: (data: JsonObject) => JsonObject = (data) => data,
): NoticeKind {
  return { type, summary, data: z.object(shape), example, build: ({ data }) => read(data) };
}

export { failure as failureSchema };
