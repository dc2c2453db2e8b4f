import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DELIVERY_STATUSES, EVENT_STATUSES } from '@hub/delivery';

const instant = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

export const acceptedEvent = z.object({
  tracking_id: z.string().meta({ examples: ['evt_01kaevc5hde7rtg1hfzxx3qk4v'] }),
  event_id: z.string(),
  status: z.enum(EVENT_STATUSES),
  duplicate: z.boolean(),
  received_at: instant,
  routes: z.array(z.string()).describe('Ids of the routes that want the event.'),
  links: z.object({ self: z.string() }),
});
export class AcceptedEventResponse extends createZodDto(acceptedEvent) {}

const fault = z.object({ pointer: z.string(), code: z.string(), message: z.string() });

export const batchResult = z
  .object({
    index: z.number().int(),
    event_id: z.string().nullable(),
    tracking_id: z.string().nullable(),
    status: z.enum(['accepted', 'duplicate', 'rejected']),
    error: z.object({ code: z.string(), detail: z.string(), errors: z.array(fault) }).optional(),
  })
  .meta({ id: 'BatchResult' });
export class BatchResponse extends createZodDto(z.object({ results: z.array(batchResult) })) {}

export const deliverySummary = z
  .object({
    id: z.string(),
    event_tracking_id: z.string(),
    event_id: z.string(),
    event_type: z.string(),
    connection_id: z.string(),
    connection_name: z.string(),
    route_id: z.string(),
    route_name: z.string(),
    operation: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    reason: z.string().nullable().describe('Why it is held, dead or cancelled.'),
    attempts: z.number().int(),
    next_attempt_at: instant.nullable(),
    mapping_id: z.string().nullable(),
    mapping_version: z.number().int().nullable(),
    external_id: z.string().nullable().describe('The record’s id in the other system.'),
    last_error: z
      .object({ category: z.string(), code: z.string(), message: z.string(), fields: z.array(z.string()).optional() })
      .nullable(),
    created_at: instant,
    settled_at: instant.nullable(),
    replay_of: z.string().nullable(),
  })
  .meta({ id: 'Delivery' });

const eventSummary = z.object({
  tracking_id: z.string(),
  event_id: z.string(),
  type: z.string(),
  source: z.string().nullable(),
  subject: z.string().nullable(),
  status: z.enum(EVENT_STATUSES),
  occurred_at: instant.nullable(),
  received_at: instant,
  metadata: z.record(z.string(), z.unknown()).nullable(),
  request_id: z.string().nullable(),
});

export class EventResponse extends createZodDto(
  eventSummary.extend({ deliveries: z.array(deliverySummary), payload: z.record(z.string(), z.unknown()).optional() }),
) {}

export class EventListResponse extends createZodDto(
  z.object({ data: z.array(eventSummary.meta({ id: 'EventSummary' })), next_cursor: z.string().nullable() }),
) {}

export class TimelineResponse extends createZodDto(
  z.object({
    data: z.array(
      z
        .object({
          at: instant,
          kind: z.string(),
          message: z.string(),
          delivery_id: z.string().nullable(),
          route_id: z.string().nullable(),
          connection_id: z.string().nullable(),
        })
        .meta({ id: 'TimelineEntry' }),
    ),
  }),
) {}
