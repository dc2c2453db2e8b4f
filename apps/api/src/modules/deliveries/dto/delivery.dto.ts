import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DELIVERY_STATUSES, MOST_ATTEMPTS_SHOWN } from '@hub/delivery';
import { pageQuery } from '../../../http/pagination';
import { WITHHELD } from '../../../http/payload-access';
import { publicId, searchPage, textOrNull } from '../../../http/fields';
import { flagQuery } from '../../connections/dto/fields';
import { deadLetterFilter, deadLetterSpans } from '../../dead-letters/dto/dead-letter.fields';
import { deliverySummary } from '../../events/dto/event.response';

export const deliveryFilter = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  tracking_id: publicId('event').optional(),
  replayed: flagQuery.optional().describe('Whether a replay has taken it up.'),
  ...deadLetterFilter,
});

export class DeliveryListQuery extends createZodDto(deliveryFilter.extend(pageQuery).superRefine(deadLetterSpans)) {}

export class DeliveryListResponse extends createZodDto(z.object({ data: z.array(deliverySummary), ...searchPage })) {}

const attempt = z
  .object({
    id: z.string(),
    number: z.number().int(),
    started_at: z.string().meta({ format: 'date-time' }),
    duration_ms: z.number().int(),
    outcome: z.enum(['succeeded', 'failed', 'deferred', 'crashed']),
    category: textOrNull('What kind of failure.'),
    code: textOrNull('The vendor’s code, or ours.'),
    message: textOrNull('In plain words.'),
    http_status: z.number().int().nullable(),
    request: z.unknown().describe(`As sent, secrets redacted; ${WITHHELD}.`),
    response: z.unknown().describe(`As received, secrets redacted and cut; ${WITHHELD}.`),
    trace_id: textOrNull('Of the trace.'),
  })
  .meta({ id: 'Attempt' });

export class DeliveryResponse extends createZodDto(
  deliverySummary.extend({
    mapped_payload: z.unknown().describe(`What the mapping has made; ${WITHHELD}.`),
    attempts_made: z.int().describe('All calls, also those that count as no attempt.'),
    attempt_list: z.array(attempt).describe(`The newest ${MOST_ATTEMPTS_SHOWN} of them, in order.`),
  }),
) {}
