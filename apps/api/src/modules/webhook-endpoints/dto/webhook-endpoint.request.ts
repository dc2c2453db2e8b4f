import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DELIVERY_STATUSES } from '@hub/delivery';
import { NOTICE_KINDS, TEST_NOTICE } from '@hub/webhooks';
import { inOrder, plainText, searchedMoment, timestamp } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, freeText } from '../../connections/dto/fields';

const url = plainText(2_000)
  .describe(
    'Called with POST. Private addresses are refused when they are called, unless the operator has opened them.',
  )
  .meta({ examples: ['https://example.com/hooks/hub'] });
const description = freeText(500);
const eventTypes = z
  .array(plainText(100))
  .min(1)
  .max(50)
  .describe('Types of `GET /v1/webhook-event-types`, families such as `delivery.*`, or `*` for all.')
  .meta({ examples: [['delivery.dead', 'connection.*']] });
const connectionIds = z
  .array(z.string())
  .min(1)
  .max(100)
  .nullable()
  .describe('Only what is about these connections, or about none at all. `null`: about all.');
const headers = z
  .record(z.string(), z.string())
  .describe('Sent with every notice, for instance `Authorization`. Sealed: they are never shown again.');
const enabled = z.boolean();

export class CreateWebhookEndpointRequest extends createZodDto(
  z.strictObject({
    url,
    description: description.optional(),
    event_types: eventTypes,
    connection_ids: connectionIds.optional(),
    enabled: enabled.optional(),
    headers: headers.optional(),
  }),
) {}

export class UpdateWebhookEndpointRequest extends createZodDto(
  z
    .strictObject({
      url: url.optional(),
      description: description.optional(),
      event_types: eventTypes.optional(),
      connection_ids: connectionIds.optional(),
      enabled: enabled
        .optional()
        .describe('`true` also takes up an endpoint that the hub has switched off: what was held goes on.'),
      headers: headers.optional(),
    })
    .refine(...atLeastOneMember),
) {}

export class ListWebhookEndpointsQuery extends createZodDto(z.strictObject(pageQuery)) {}

export class RotateWebhookSecretRequest extends createZodDto(
  z.strictObject({
    overlap_hours: z
      .number()
      .min(0)
      .max(168)
      .default(24)
      .describe('How long the old secret signs beside the new one. 0: the old one ends at once.'),
  }),
) {}

export class TestWebhookEndpointRequest extends createZodDto(
  z.strictObject({
    event_type: plainText(100)
      .optional()
      .describe('Send the example of this type instead of a notice of the type `webhook_endpoint.test`.'),
  }),
) {}

export class ListWebhookDeliveriesQuery extends createZodDto(
  z
    .strictObject({
      status: z.enum(DELIVERY_STATUSES).optional(),
      event_type: z.enum([...NOTICE_KINDS, TEST_NOTICE].map(({ type }) => type)).optional(),
      from: searchedMoment.optional().describe('Made at or after.'),
      to: searchedMoment.optional().describe('Made before.'),
      ...pageQuery,
    })
    .superRefine(inOrder(['from', 'to'])),
) {}

export class RecoverWebhookDeliveriesRequest extends createZodDto(
  z.strictObject({
    since: timestamp.describe('Made, or with `missed` happened, at or after. At most 7 days ago.'),
    missed: z
      .boolean()
      .default(false)
      .describe('Also what the endpoint was never told because it was switched off, or wanted to hear less.'),
  }),
) {}

export class WebhookStatisticsQuery extends createZodDto(
  z.strictObject({ from: searchedMoment.optional().describe('At most 7 days ago. Absent: the last 24 hours.') }),
) {}
