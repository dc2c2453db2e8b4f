import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DELIVERY_STATUSES, MOST_ATTEMPTS_SHOWN } from '@hub/delivery';
import { nextCursor, textOrNull } from '../../../http/fields';
import { WITHHELD } from '../../../http/payload-access';

const time = z.string().meta({ format: 'date-time' });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const attempt = z
  .object({
    number: z.int(),
    started_at: time,
    duration_ms: z.int(),
    outcome: z
      .enum(['succeeded', 'failed', 'deferred', 'crashed'])
      .describe('`deferred` counts as no attempt: the receiver asked for time. `crashed`: the hub itself was stopped.'),
    http_status: z.int().nullable().describe('`null` when there was no answer.'),
    message: textOrNull('Why it failed.'),
    response_body: textOrNull(`An excerpt; ${WITHHELD}.`),
  })
  .meta({ id: 'WebhookAttempt' });

const delivery = z.object({
  id: z.string().meta({ examples: ['dlv_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  webhook_id: z.string().describe('As the receiver sees it, the same for every attempt and for a resent notice.'),
  event_type: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  reason: textOrNull('Why it is held or dead: `endpoint_disabled`, `breaker_open`, `retries_exhausted`, …'),
  attempts: z.int(),
  next_attempt_at: maybeTime('`null` when none is to come.'),
  resend_of: textOrNull('The delivery of which this is a repeat that a person asked for.'),
  created_at: time,
  settled_at: maybeTime('`null` while it is open.'),
  last_attempt: attempt.nullable(),
});

export class WebhookDeliveryListResponse extends createZodDto(
  z.object({ data: z.array(delivery.meta({ id: 'WebhookDelivery' })), next_cursor: nextCursor }),
) {}
export class WebhookDeliveryResponse extends createZodDto(
  delivery.extend({
    payload: z.unknown().describe(`The body; ${WITHHELD}.`),
    attempts_made: z.int().describe('All calls, also those that count as no attempt.'),
    attempt_list: z.array(attempt).describe(`The newest ${MOST_ATTEMPTS_SHOWN} of them, in order.`),
  }),
) {}
export class RecoveredResponse extends createZodDto(
  z.object({
    recovered: z.int().describe('Dead ones that were taken up again.'),
    missed: z.int().describe('Notices of what the endpoint was never told.'),
    more: z.boolean().describe('There is more than one call takes: call again.'),
  }),
) {}
export class WebhookStatisticsResponse extends createZodDto(
  z.object({
    from: time,
    notices: z.object({ total: z.int(), succeeded: z.int(), dead: z.int(), open: z.int() }),
    attempts: z.object({
      total: z.int(),
      failed: z.int(),
      median_ms: z.int().nullable(),
      p95_ms: z.int().nullable(),
    }),
  }),
) {}
