import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ARCHIVE_KINDS, MOST_TRACKING_IDS } from '@hub/archive';
import { eventTypeFilter } from '../../../http/event-type';
import { day, inOrder, plainText, searchedMoment } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { reasonText } from '../../connections/dto/fields';

export class ListArchiveObjectsQuery extends createZodDto(
  z
    .strictObject({
      ...pageQuery,
      kind: z.enum(ARCHIVE_KINDS).optional().describe('Of rows of this kind alone.'),
      from: day.optional().describe('Of this day (UTC) or later.'),
      to: day.optional().describe('Of this day (UTC) or earlier.'),
    })
    .superRefine(inOrder(['from', 'to'])),
) {}

export class ListRestoresQuery extends createZodDto(z.strictObject(pageQuery)) {}

const filter = z
  .strictObject({
    type: eventTypeFilter.optional().describe('Exactly this event type.'),
    source: plainText(200).optional(),
    subject: plainText(300).optional(),
    status: z.enum(['succeeded', 'failed', 'unrouted']).optional(),
  })
  .describe('What the events of that time must have in common.');

const restore = z
  .strictObject({
    event_ids: z
      .array(plainText(200))
      .min(1)
      .max(MOST_TRACKING_IDS)
      .optional()
      .describe('Tracking ids (`evt_…`) or your own event ids.'),
    from: searchedMoment.optional().describe('Accepted at this moment or later; with `to`, instead of `event_ids`.'),
    to: searchedMoment.optional().describe('Accepted before this moment.'),
    filter: filter.optional(),
    keep_days: z.int().min(1).max(30).default(7).describe('Days that they stay at hand; then they leave again.'),
    reason: reasonText
      .describe('Kept with the restore and in the audit log.')
      .meta({ examples: ['Orders of October are needed again'] }),
  })
  .superRefine(({ event_ids: eventIds, from, to, filter: wanted }, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const byTime = from !== undefined || to !== undefined || wanted !== undefined;
    if ((eventIds === undefined) !== byTime) fault('event_ids', 'Name either event_ids, or from and to.');
    else if (byTime && from === undefined) fault('from', 'Is needed with to and filter.');
    else if (byTime && to === undefined) fault('to', 'Is needed with from and filter.');
    else if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
      fault('to', 'Must be later than from.');
  })
  .meta({
    examples: [
      {
        from: '2026-10-01T00:00:00.000Z',
        to: '2026-10-02T00:00:00.000Z',
        filter: { type: 'order.created' },
        reason: 'Orders of October are needed again',
      },
    ],
  });

export class StartRestoreRequest extends createZodDto(restore) {}
