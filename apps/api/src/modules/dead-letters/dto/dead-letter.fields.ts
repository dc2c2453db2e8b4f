import { ERROR_CATEGORIES } from '@hub/connector-sdk';
import { DELIVERY_REASONS, HOLD_REASONS } from '@hub/delivery';
import { z } from 'zod';
import { eventTypeFilter } from '../../../http/event-type';
import { inOrder, plainText, publicId, searchedMoment } from '../../../http/fields';

/** What a failure means, and what to do about it. */
export const advice = z
  .object({
    title: z
      .string()
      .describe('A few words.')
      .meta({ examples: ['duplicate name'] }),
    explanation: z.string().describe('What has happened.'),
    action: z.string().describe('What to do, and by whom.'),
  })
  .meta({ id: 'DeliveryAdvice' });

const category = z.enum(ERROR_CATEGORIES);

/** As it is shown: a connection's hold is the reason of what it holds. */
const reason = z.enum([...DELIVERY_REASONS, ...HOLD_REASONS]);

/** The same in a query and in a body, so that what a list shows can be acted upon. */
export const deadLetterFilter = {
  connection_id: publicId('connection').optional(),
  route_id: publicId('route').optional(),
  operation: plainText(200).optional(),
  event_type: eventTypeFilter.optional(),
  category: category.optional().describe('Error category of the last failure.'),
  code: plainText(200).optional().describe('Code of the last failure: the vendor’s, or ours.'),
  reason: reason.optional().describe('Why it has ended; in the list of deliveries also what it waits for.'),
  from: searchedMoment.optional().describe('Created at or after.'),
  to: searchedMoment.optional().describe('Created before.'),
  failed_from: searchedMoment.optional().describe('Given up at or after.'),
  failed_to: searchedMoment.optional().describe('Given up before.'),
};

export const deadLetterSpans = inOrder(['from', 'to'], ['failed_from', 'failed_to']);

const text = z.string().optional();

/** The same as answers show it, so that it can be sent again. */
export const shownFilter = z.object({
  connection_id: text,
  route_id: text,
  operation: text,
  event_type: text,
  category: category.optional(),
  code: text,
  reason: reason.optional(),
  from: text,
  to: text,
  failed_from: text,
  failed_to: text,
});
