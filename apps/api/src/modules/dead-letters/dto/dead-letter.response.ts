import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { advice, shownFilter } from './dead-letter.fields';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:04:00.000Z'] });

const group = z
  .object({
    title: z.string().meta({ examples: ['412 failed since 10:04 UTC: QuickBooks 6240 duplicate name'] }),
    cause: z
      .string()
      .meta({ examples: ['QuickBooks 6240 duplicate name'] })
      .describe('What they failed of, for who writes count and time themselves.'),
    advice,
    count: z.int(),
    first_failed_at: time,
    last_failed_at: time,
    leaves_at: time.describe('The first of them leaves the database for the archive then, or later.'),
    connection_id: z.string(),
    connection_name: z.string(),
    connector: z.string().meta({ examples: ['quickbooks'] }),
    route_id: z.string(),
    route_name: z.string(),
    operation: z.string(),
    reason: textOrNull('Why the hub gave up.'),
    category: textOrNull('Error category.'),
    code: textOrNull('The vendor’s code, or ours.'),
    message: textOrNull('Of the newest of them.'),
    newest_delivery_id: z.string(),
    newest_event_tracking_id: z.string(),
    newest_mapping_id: textOrNull('Which mapping the newest of them was given, if any.'),
    filter: shownFilter.describe(
      'Finds these: as query of `GET /v1/deliveries?status=dead&replayed=false`, as `filter` of a retry or a replay.',
    ),
  })
  .meta({ id: 'DeadLetterGroup' });

export class DeadLetterGroupsResponse extends createZodDto(
  z.object({
    data: z.array(group),
    next_cursor: nextCursor,
    total: z
      .object({ dead_letters: z.int(), connections: z.int().describe('Connections that have some.') })
      .describe('Of all groups that the filter matches.'),
  }),
) {}
