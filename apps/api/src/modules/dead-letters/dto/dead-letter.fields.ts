import { z } from 'zod';
import { eventTypeFilter } from '../../../http/event-type';
import { plainText, publicId, searchedMoment } from '../../../http/fields';

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

/** The same in a query and in a body, so that what a list shows can be acted upon. */
export const deadLetterFilter = {
  connection_id: publicId('connection').optional(),
  route_id: publicId('route').optional(),
  operation: plainText(200).optional(),
  event_type: eventTypeFilter.optional(),
  category: plainText(50).optional().describe('Error category of the last failure.'),
  code: plainText(200).optional().describe('Code of the last failure: the vendor’s, or ours.'),
  reason: plainText(50).optional().describe('Why the hub gave up.'),
  from: searchedMoment.optional().describe('Created at or after.'),
  to: searchedMoment.optional().describe('Created before.'),
  failed_from: searchedMoment.optional().describe('Given up at or after.'),
  failed_to: searchedMoment.optional().describe('Given up before.'),
};
