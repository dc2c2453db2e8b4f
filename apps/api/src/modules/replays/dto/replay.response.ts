import { REPLAY_ACTIONS, REPLAY_OUTCOMES, REPLAY_STATUSES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { advice, shownFilter } from '../../dead-letters/dto/dead-letter.fields';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const replay = z
  .object({
    id: z.string().meta({ examples: ['rpl_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    action: z
      .enum(REPLAY_ACTIONS)
      .describe('`replay` makes new deliveries; `retry` takes dead ones up as they were; `cancel` gives them up.'),
    status: z.enum(REPLAY_STATUSES),
    phase: z
      .enum(['collecting', 'working', 'delivering'])
      .describe('It looks for what it is about; takes that up in order of acceptance; waits for the last to end.'),
    dry_run: z.boolean(),
    mapping: z.union([z.enum(['original', 'current']), z.int()]),
    filter: shownFilter.nullable(),
    missing: z
      .object({ route_id: z.string(), from: time, to: time })
      .nullable()
      .describe('What was never taken by this route; `null` where deliveries are repeated.'),
    named: z.int().nullable().describe('Events or deliveries that were named; `null` with a filter or with `missing`.'),
    include_succeeded: z.boolean(),
    include_cancelled: z.boolean(),
    include_superseded: z.boolean(),
    rate_per_second: z.number().nullable(),
    reason: textOrNull('As stated by whoever started it.'),
    requested_by: z.object({
      type: z.string(),
      id: z.string(),
      label: textOrNull('Name of the key or of the person.'),
    }),
    matched: z.int().describe('Deliveries, or missing events, that it is about, as far as they have been found.'),
    waiting: z.int().describe('Not looked at yet.'),
    queued: z.int().describe('Under way: made and not settled.'),
    succeeded: z.int(),
    failed: z.int().describe('Dead again.'),
    skipped: z.int().describe('Not taken up; the items say why.'),
    cancelled: z.int(),
    would_send: z.int().describe('Of a dry run.'),
    would_fail: z.int().describe('Of a dry run: the mapping fails.'),
    changed: z.int().describe('Of a dry run: payloads that would be others than were sent.'),
    progress: z
      .number()
      .describe('From 0 to 1: the share that is settled. What a replay that was stopped took back is no part of it.'),
    eta_seconds: z
      .int()
      .nullable()
      .describe('Until it ends at the speed that it has had; `null` when nobody can tell.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_at: time,
    started_at: maybeTime('`null` while it waits for a worker.'),
    ended_at: maybeTime('`null` while it goes on.'),
    links: z.object({ self: z.string(), items: z.string() }),
  })
  .meta({ id: 'Replay' });

const change = z.object({
  pointer: z
    .string()
    .describe('JSON pointer; empty for the whole.')
    .meta({ examples: ['/Line/0/Amount'] }),
  before: z.unknown().optional().describe('Absent where there was nothing.'),
  after: z.unknown().optional().describe('Absent where there would be nothing.'),
});

const item = z
  .object({
    delivery_id: z
      .string()
      .describe('The delivery that is taken up; of a missing one, the id that its delivery has once it is made.'),
    event_tracking_id: z.string(),
    event_id: textOrNull('The sender’s; `null` once the event is in the archive.'),
    event_type: textOrNull('Of the event.'),
    connection_id: z.string(),
    route_id: z.string(),
    outcome: z.enum(REPLAY_OUTCOMES),
    reason: textOrNull('Why it was skipped or cancelled, as a code.').meta({ examples: ['superseded_by_newer'] }),
    message: textOrNull('The same in words.'),
    new_delivery_id: textOrNull('The delivery that was made of it.'),
    mapping_id: textOrNull('Of the mapping used.'),
    mapping_version: z.int().nullable(),
    was_sent: z.unknown().describe('Of a dry run: the payload that was sent; `null` when none ever was.'),
    would_send: z.unknown().describe('Of a dry run: the payload that would be sent.'),
    changed: z.boolean().nullable().describe('Of a dry run.'),
    changes: z.array(change).nullable().describe('Of a dry run: where the two differ.'),
    more_changes: z.boolean().describe('There are more than are shown.'),
    error: z
      .object({ category: z.string(), code: z.string(), message: z.string() })
      .nullable()
      .describe(
        'Of a dry run: what the mapping fails at. Else what the delivery that was made of it died of; `null` once that is in the archive.',
      ),
    advice: advice.nullable().describe('What to do about the error; `null` where there is none.'),
    settled_at: maybeTime('When its outcome was known.'),
  })
  .meta({ id: 'ReplayItem' });

export class ReplayResponse extends createZodDto(topLevel(replay)) {}
export class ReplayListResponse extends createZodDto(z.object({ data: z.array(replay), next_cursor: nextCursor })) {}
export class ReplayItemListResponse extends createZodDto(z.object({ data: z.array(item), next_cursor: nextCursor })) {}
