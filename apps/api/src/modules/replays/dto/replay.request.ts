import { MOST_NAMED_EVENTS, REPLAY_ACTIONS, REPLAY_OUTCOMES, REPLAY_STATUSES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { plainText } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { flagQuery, freeText } from '../../connections/dto/fields';
import { deadLetterFilter } from '../../dead-letters/dto/dead-letter.fields';
import { includeSuperseded, ratePerSecond } from '../../dead-letters/dto/dead-letter.request';

const LAST_VERSION = 2_147_483_647;

const options = {
  mapping: z
    .union([z.enum(['original', 'current']), z.int().min(1).max(LAST_VERSION)])
    .default('current')
    .describe(
      '`original`: the payload that was sent, or, where a mapping failed, the version that did. `current`: mapping and operation of the route as they are now. A number: that version of the route’s mapping.',
    )
    .meta({ examples: ['current'] }),
  include_succeeded: z.boolean().default(false).describe('Also repeat what has succeeded.'),
  include_superseded: includeSuperseded,
  dry_run: z
    .boolean()
    .default(false)
    .describe('Map everything, keep what would be sent beside what was sent, send nothing.'),
  reason: freeText(1_000)
    .min(1)
    .describe('Kept with the replay and in the audit log.')
    .meta({ examples: ['Mapping corrected: tax codes'] }),
};

export class ReplayEventRequest extends createZodDto(
  z.strictObject(options).meta({ examples: [{ mapping: 'current', reason: 'Mapping corrected: tax codes' }] }),
) {}

const replays = z
  .strictObject({
    filter: z
      .strictObject(deadLetterFilter)
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
    expected_count: z.int().min(0).optional().describe('Refused when another number of deliveries matches.'),
    rate_per_second: ratePerSecond.optional(),
    ...options,
  })
  .superRefine(({ filter, event_ids: eventIds }, context) => {
    if ((filter === undefined) === (eventIds === undefined))
      context.addIssue({ code: 'custom', path: ['filter'], message: 'Name either filter or event_ids.' });
  })
  .meta({
    examples: [{ filter: { code: '6240' }, mapping: 'current', rate_per_second: 20, reason: 'Mapping corrected' }],
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
