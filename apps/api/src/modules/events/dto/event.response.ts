import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { searchPage, textOrNull } from '../../../http/fields';
import { WITHHELD } from '../../../http/payload-access';
import { advice } from '../../dead-letters/dto/dead-letter.fields';
import { DELIVERY_STATUSES, EVENT_STATUSES, TIMELINE_KINDS, type DeliveryError } from '@hub/delivery';

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

const batchResult = z
  .object({
    index: z.number().int(),
    event_id: textOrNull('As sent, where it can be read.'),
    tracking_id: textOrNull('Where there is one.'),
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
    reason: textOrNull('Why it is held, dead or cancelled.'),
    attempts: z.number().int(),
    next_attempt_at: instant.nullable(),
    mapping_id: textOrNull('Of the mapping that made the payload.'),
    mapping_version: z.number().int().nullable(),
    external_id: textOrNull('The record’s id in the other system.'),
    last_error: z
      .object({
        category: z.string(),
        code: z.string(),
        message: z.string(),
        fields: z.array(z.string()).optional(),
        position: z
          .object({ line: z.int(), column: z.int() })
          .optional()
          .describe('Where in the expression of the mapping, from 1.'),
        link: z
          .object({ type: z.string(), id: z.string(), system: z.string() })
          .optional()
          .describe('With `mapping_link_missing`: the link that the mapping needs.'),
      } satisfies Record<keyof DeliveryError, z.ZodType>)
      .nullable(),
    created_at: instant,
    settled_at: instant.nullable(),
    replay_of: textOrNull('The delivery that this one repeats.'),
    replay_id: textOrNull('The replay that made it, or the job that took it up again.'),
    replayed_by: textOrNull('The delivery that repeats this one: its story goes on there.'),
    resolved_by: textOrNull('The delivery that made good what this one failed at.'),
    advice: advice.nullable().describe('What to do about it when it is dead, or what it waits for.'),
  })
  .meta({ id: 'Delivery' });

const eventSummary = z.object({
  tracking_id: z.string(),
  event_id: z.string(),
  type: z.string(),
  source: textOrNull('Which of your systems said so.'),
  subject: textOrNull('The record it is about.'),
  status: z.enum(EVENT_STATUSES),
  occurred_at: instant.nullable(),
  received_at: instant,
  metadata: z.record(z.string(), z.unknown()).nullable(),
  request_id: textOrNull('Of the request that brought it.'),
  archived: z.boolean().describe('Whether it has left the database, and comes from the archive.'),
});

export class EventResponse extends createZodDto(
  eventSummary.extend({
    deliveries: z.array(deliverySummary),
    payload: z
      .record(z.string(), z.unknown())
      .describe(`With \`include=payload\`: as received. ${WITHHELD}.`)
      .nullable()
      .optional(),
  }),
) {}

export class EventListResponse extends createZodDto(
  z.object({ data: z.array(eventSummary.meta({ id: 'EventSummary' })), ...searchPage }),
) {}

export class TimelineResponse extends createZodDto(
  z.object({
    data: z.array(
      z
        .object({
          at: instant,
          kind: z.enum(TIMELINE_KINDS),
          message: z.string(),
          delivery_id: textOrNull('The delivery concerned.'),
          route_id: textOrNull('The route concerned.'),
          connection_id: textOrNull('The connection concerned.'),
        })
        .meta({ id: 'TimelineEntry' }),
    ),
  }),
) {}
