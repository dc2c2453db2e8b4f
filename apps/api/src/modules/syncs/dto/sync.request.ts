import { RUN_KINDS, RUN_STATUSES, SYNC_STATUSES } from '@hub/sync';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { plainText, publicId, textOrNull, timestamp } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, displayName } from '../../connections/dto/fields';

const objectName = plainText(200).describe('As the vendor names it; the connector’s `pull` lists them.');
const object = objectName.meta({ examples: ['Customer'] });
const mappingId = textOrNull(
  'A mapping of your own from the vendor’s record to the hub’s model; `null` for the connector’s.',
);
const intervalSeconds = z
  .number()
  .describe('Seconds between two scheduled runs. The connector says what the vendor bears; absent: what it advises.')
  .meta({ examples: [300] });
const dailyWindow = z
  .strictObject({
    from: z.string().meta({ examples: ['22:00'] }),
    to: z.string().meta({ examples: ['05:00'] }),
    time_zone: z
      .string()
      .max(100)
      .meta({ examples: ['Europe/Berlin'] }),
  })
  .nullable()
  .describe(
    'Time of day, by a local clock, in which scheduled runs are made. It may go over midnight. `null`: always.',
  );
const freshnessSeconds = z
  .number()
  .describe('Age of the last success, in seconds, beyond which the sync is late. `null`: two intervals and a minute.')
  .nullable();

const fullEveryHours = z
  .number()
  .describe(
    'Hours between two listings of every record, beside the changes: they find what changes do not show, such as records that are gone without a trace. `null`: only when asked for.',
  )
  .meta({ examples: [24] })
  .nullable();

export class CreateSyncRequest extends createZodDto(
  z.strictObject({
    name: displayName,
    connection_id: z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    object,
    mapping_id: mappingId.optional(),
    interval_seconds: intervalSeconds.optional(),
    daily_window: dailyWindow.optional(),
    freshness_seconds: freshnessSeconds.optional(),
    full_every_hours: fullEveryHours.optional(),
    start_from: timestamp
      .optional()
      .describe(
        'The first run brings changes since then; absent, those from now on. A whole listing is a run of its own.',
      ),
  }),
) {}

export class UpdateSyncRequest extends createZodDto(
  z
    .strictObject({
      name: displayName.optional(),
      mapping_id: mappingId.optional(),
      interval_seconds: intervalSeconds.optional(),
      daily_window: dailyWindow.optional(),
      freshness_seconds: freshnessSeconds.optional(),
      full_every_hours: fullEveryHours.optional(),
    })
    .refine(...atLeastOneMember),
) {}

export class ListSyncsQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    connection_id: publicId('connection').optional(),
    object: objectName.optional(),
    status: z.enum(SYNC_STATUSES).optional(),
  }),
) {}

export class RunSyncRequest extends createZodDto(
  z.strictObject({
    mode: z
      .enum(['changes', 'full'])
      .describe('`changes`: at once what has changed. `full`: every record; those that are gone become deletions.'),
    from: timestamp
      .optional()
      .describe('With `changes`: a back-fill of everything changed since then, beside the scheduled runs.'),
    allow_deletions: z
      .boolean()
      .optional()
      .describe(
        'With `full`: goes on even when more than 20 records and more than a tenth of the known ones are gone. Without it such a run fails with `too_many_missing` and deletes nothing.',
      ),
  }),
) {}

export class ListRunsQuery extends createZodDto(
  z.strictObject({ ...pageQuery, kind: z.enum(RUN_KINDS).optional(), status: z.enum(RUN_STATUSES).optional() }),
) {}
