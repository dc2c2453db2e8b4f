import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { EVENT_STATUSES, EVENT_TYPE, EVENT_TYPE_MAX_LENGTH } from '@hub/delivery';
import { eventTypeFilter } from '../../../http/event-type';
import { pageQuery } from '../../../http/pagination';
import { inOrder, plainText, publicId, searchedMoment, timestamp } from '../../../http/fields';

/** An object and nothing more is asked of it: what is in it is the customer's business. */
const jsonObject = z.record(z.string(), z.unknown());

const METADATA_LIMIT = 16 * 1024;

export const eventInput = z
  .strictObject({
    event_id: plainText(200).describe(
      'Your id of the event, unique for your account: a repeat of it is recognised and not delivered again, for 30 days and for as long as the event is at hand.',
    ),
    type: z
      .string()
      .max(EVENT_TYPE_MAX_LENGTH)
      .regex(EVENT_TYPE, 'Use dotted words of letters, digits, "_" and "-", such as invoice.created.')
      .describe('What happened, dotted: routes match on it.'),
    source: plainText(200).optional().describe('Which of your systems says so.'),
    subject: plainText(300).optional().describe('The record it is about; deliveries of one subject keep their order.'),
    occurred_at: timestamp.optional().describe('When it happened, RFC 3339.'),
    data: jsonObject.describe('The payload, at most 256 KiB with the rest of the body.'),
    metadata: jsonObject
      .refine((value) => JSON.stringify(value).length <= METADATA_LIMIT, { error: 'At most 16 KiB.' })
      .optional()
      .describe(
        'Anything you want back with the event; it does not take part in recognising repeats. A number with more digits than a double holds is refused here: write it as text.',
      ),
  })
  .meta({
    examples: [
      {
        event_id: 'inv-2041-v3',
        type: 'invoice.created',
        source: 'billing',
        subject: 'invoice/INV-2041',
        occurred_at: '2026-11-20T10:00:00.000Z',
        data: { number: 'INV-2041', customer: 'Ace Hardware', total: '129.90', currency: 'EUR' },
      },
    ],
  });

export type EventInput = z.output<typeof eventInput>;

/** CloudEvents 1.0, structured mode: extension attributes may have any lower-case name. */
export const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: plainText(200),
  type: z.string().max(EVENT_TYPE_MAX_LENGTH).regex(EVENT_TYPE, 'Use dotted words of letters, digits, "_" and "-".'),
  source: plainText(200),
  subject: plainText(300).optional(),
  time: timestamp.optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/json(;.*)?$/, 'Only application/json data is taken.')
    .optional(),
  dataschema: plainText(1_000).optional(),
  data: jsonObject,
});

export const batchInput = z.strictObject({
  events: z.array(z.unknown()).min(1).max(1_000).describe('1 to 1,000 events, each as in POST /v1/events.'),
});

export class BatchQuery extends createZodDto(
  z.strictObject({
    atomic: z.enum(['true', 'false']).default('false').describe('true: all or none.'),
    validate_only: z
      .enum(['true', 'false'])
      .default('false')
      .describe(
        'true: check, and keep none. A repeat, or an id used before with other content, is told too. Counts towards the rate limit like events that are kept.',
      ),
  }),
) {}

export class EventQuery extends createZodDto(
  z.strictObject({ include: z.enum(['payload']).optional().describe('payload: with the payload as received.') }),
) {}

export const eventFilter = z.strictObject({
  status: z.enum(EVENT_STATUSES).optional(),
  type: eventTypeFilter.optional(),
  source: plainText(200).optional(),
  subject: plainText(300).optional(),
  event_id: plainText(200).optional(),
  connection_id: publicId('connection').optional(),
  request_id: plainText(200)
    .optional()
    .describe(
      'The `X-Request-Id` of the request that brought them. One that the hub made (`req_…`) is looked for in the five minutes from then on, and where these have none, through all events, as one of your own is.',
    ),
  from: searchedMoment.optional().describe('Received at or after.'),
  to: searchedMoment.optional().describe('Received before.'),
  q: plainText(200)
    .optional()
    .describe(
      'Looked for in ids, subject and payload text; needs `payloads:read` unless it is the id of an event, a delivery or a request that the hub made.',
    ),
});
export const eventSpan = inOrder(['from', 'to']);

export class EventListQuery extends createZodDto(eventFilter.extend(pageQuery).superRefine(eventSpan)) {}
