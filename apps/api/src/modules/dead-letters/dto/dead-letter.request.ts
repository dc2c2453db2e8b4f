import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { publicId } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { reasonText } from '../../connections/dto/fields';
import { deadLetterFilter, deadLetterSpans } from './dead-letter.fields';

export class DeadLetterGroupsQuery extends createZodDto(
  z.strictObject({ ...deadLetterFilter, ...pageQuery }).superRefine(deadLetterSpans),
) {}

export const ratePerSecond = z
  .number()
  .min(0.01)
  .max(1_000)
  .describe('Most deliveries taken up in a second, kept across restarts. Absent: as fast as they are delivered.');

/** Most ids in one request. */
const MOST_IDS = 1_000;

const selection = {
  filter: z
    .strictObject(deadLetterFilter)
    .superRefine(deadLetterSpans)
    .optional()
    .describe('Every open dead letter that it matches; `{}` for all.'),
  delivery_ids: z.array(publicId('delivery')).min(1).max(MOST_IDS).optional(),
  expected_count: z
    .int()
    .min(0)
    .optional()
    .describe(
      'How many there are, as the caller has seen it; needed with `filter`. Refused when it is another number.',
    ),
  rate_per_second: ratePerSecond.optional(),
  reason: reasonText.optional().describe('Kept with the job and in the audit log.'),
};

export const includeSuperseded = z
  .boolean()
  .default(false)
  .describe(
    'Also repeat a change of a record after which a newer one has been delivered: it would bring the old values back.',
  );

type Selection = { filter?: unknown; delivery_ids?: unknown; expected_count?: unknown };

function oneSelection(request: Selection, context: z.RefinementCtx): void {
  if ((request.filter === undefined) === (request.delivery_ids === undefined))
    context.addIssue({ code: 'custom', path: ['filter'], message: 'Name either filter or delivery_ids.' });
  if (request.filter !== undefined && request.expected_count === undefined)
    context.addIssue({ code: 'custom', path: ['expected_count'], message: 'Needed with filter.' });
}

const EXAMPLE = { filter: { category: 'transient' }, expected_count: 412, reason: 'The outage is over.' };

export class RetryDeadLettersRequest extends createZodDto(
  z
    .strictObject({ ...selection, include_superseded: includeSuperseded })
    .superRefine(oneSelection)
    .meta({ examples: [EXAMPLE] }),
) {}

export class CancelDeadLettersRequest extends createZodDto(
  z
    .strictObject(selection)
    .superRefine(oneSelection)
    .meta({ examples: [{ ...EXAMPLE, reason: 'Nobody needs them any more.' }] }),
) {}
