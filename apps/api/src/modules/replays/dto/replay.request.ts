import { MOST_NAMED_EVENTS, REPLAY_ACTIONS, REPLAY_OUTCOMES, REPLAY_STATUSES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { plainText, publicId, searchedMoment } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { flagQuery, reasonText } from '../../connections/dto/fields';
import { deadLetterFilter, deadLetterSpans } from '../../dead-letters/dto/dead-letter.fields';
import { includeSuperseded, ratePerSecond } from '../../dead-letters/dto/dead-letter.request';

const LAST_VERSION = 2_147_483_647;

const options = {
  mapping: z
    .union([z.enum(['original', 'current']), z.int().min(1).max(LAST_VERSION)], {
      error: 'Use original, current or the number of a version.',
    })
    .default('current')
    .describe(
      '`original`: the payload that was sent, or, where a mapping failed, the version that did. `current`: mapping and operation of the route as they are now. A number: that version of the route’s mapping.',
    )
    .meta({ examples: ['current'] }),
  include_succeeded: z.boolean().default(false).describe('Also repeat what has succeeded.'),
  include_cancelled: z
    .boolean()
    .default(false)
    .describe(
      'Also repeat what a person has cancelled (events that are named need no such word) and, unless `mapping` is `original`, what filter or mapping turned away: both are asked again, as they are now.',
    ),
  include_superseded: includeSuperseded,
  dry_run: z
    .boolean()
    .default(false)
    .describe('Map everything, keep what would be sent beside what was sent, send nothing.'),
  rate_per_second: ratePerSecond.optional(),
  reason: reasonText
    .describe('Kept with the replay and in the audit log.')
    .meta({ examples: ['Mapping corrected: tax codes'] }),
};

export class ReplayEventRequest extends createZodDto(
  z.strictObject(options).meta({ examples: [{ mapping: 'current', reason: 'Mapping corrected: tax codes' }] }),
) {}

const missing = z
  .strictObject({
    route_id: publicId('route'),
    from: searchedMoment.describe('Accepted at or after.'),
    to: searchedMoment.describe('Accepted before.'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'Must be later than from.' });

const SELECTIONS = ['filter', 'event_ids', 'missing'] as const;

const replays = z
  .strictObject({
    filter: z
      .strictObject(deadLetterFilter)
      .superRefine(deadLetterSpans)
      .optional()
      .describe('Every open dead letter that it matches; with `include_succeeded` deliveries that succeeded, too.'),
    event_ids: z
      .array(plainText(200))
      .min(1)
      .max(MOST_NAMED_EVENTS)
      .optional()
      .describe(
        'Tracking ids (`evt_…`) or your own event ids. Of each delivery that is not repeated, the items say why.',
      ),
    missing: missing
      .optional()
      .describe(
        'Events of the route’s types that it never took, because it was made, switched on or mended later: each gets the delivery that it would have got, by the route as it is now. What has a delivery of the route is left alone, so that a second time finds nothing. They go out after what was accepted before the replay was started; one of a record that has a newer delivery is skipped, see `include_superseded`.',
      ),
    expected_count: z.int().min(0).optional().describe('Refused when another number matches. Not with `missing`.'),
    ...options,
  })
  .superRefine((request, context) => {
    const named = SELECTIONS.filter((member) => request[member] !== undefined);
    if (named.length !== 1)
      context.addIssue({
        code: 'custom',
        path: [named[1] ?? 'filter'],
        message: 'Name one of filter, event_ids and missing.',
      });
    if (request.missing === undefined) return;
    if (request.expected_count !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['expected_count'],
        message: 'Not with missing: a dry run says how many there are',
      });
    if (request.mapping !== 'current')
      context.addIssue({ code: 'custom', path: ['mapping'], message: 'Of what was never sent there is only current.' });
    for (const member of ['include_succeeded', 'include_cancelled'] as const)
      if (request[member])
        context.addIssue({ code: 'custom', path: [member], message: 'What has a delivery is not missing.' });
  })
  .meta({
    examples: [
      { filter: { code: '6240' }, mapping: 'current', rate_per_second: 20, reason: 'Mapping corrected' },
      {
        missing: {
          route_id: 'rte_01k9g8xv7hf2p9w3c5q6r7s8t9',
          from: '2026-11-20T00:00:00.000Z',
          to: '2026-11-21T00:00:00.000Z',
        },
        reason: 'The route was made a day late',
      },
    ],
  });

export class StartReplayRequest extends createZodDto(replays) {}

export class ListReplaysQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    status: z.enum(REPLAY_STATUSES).optional(),
    action: z.enum(REPLAY_ACTIONS).optional(),
  }),
) {}

export class ReplayItemsQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    outcome: z.enum(REPLAY_OUTCOMES).optional(),
    changed: flagQuery.optional().describe('Of a dry run: whether the payload would be another.'),
  }),
) {}
