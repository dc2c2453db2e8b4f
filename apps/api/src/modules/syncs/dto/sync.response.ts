import { RUN_KINDS, RUN_STATUSES, SYNC_STATUSES } from '@hub/sync';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const lastError = z
  .object({
    category: z.string().meta({ examples: ['permission'] }),
    code: z.string().describe("The vendor's own code, or the hub's."),
    message: z.string(),
  })
  .nullable();

const sync = z
  .object({
    id: z.string().meta({ examples: ['syn_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    name: z.string(),
    connection_id: z.string(),
    object: z.string().meta({ examples: ['Customer'] }),
    mapping_id: textOrNull('`null`: the connector’s own mapping to the hub’s model.'),
    status: z
      .enum(SYNC_STATUSES)
      .describe('`failing`: a person is needed, see `last_error`; it becomes active with the next success.'),
    interval_seconds: z.int(),
    daily_window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }).nullable(),
    freshness_seconds: z.int().nullable(),
    freshness: z.object({
      state: z.enum(['fresh', 'late', 'never']),
      age_seconds: z.int().nullable().describe('Since the last success.'),
      allowed_seconds: z.int().describe('Beyond it the sync is late.'),
    }),
    full_every_hours: z.int().nullable(),
    next_full_at: maybeTime('When every record is listed next; `null`: only when asked for.'),
    start_from: maybeTime('Where the first run began.'),
    next_run_at: maybeTime('`null` while it is paused.'),
    last_run_at: maybeTime('When a run last began.'),
    last_success_at: maybeTime('When everything that had changed was last known to the hub.'),
    failures: z.int().describe('Failures in a row.'),
    last_error: lastError,
    pending_notices: z.int().describe('Changes that the vendor has announced and that are not read yet.'),
    has_hook: z.boolean().describe('Whether its connection has an address that the vendor calls when records change.'),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Sync' });

const run = z
  .object({
    id: z.string().meta({ examples: ['run_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    sync_id: z.string(),
    kind: z.enum(RUN_KINDS),
    status: z.enum(RUN_STATUSES),
    phase: z
      .enum(['listing', 'missing'])
      .describe('`missing`: the listing is complete, and records that were not in it are looked for.'),
    from: maybeTime('Of a back-fill.'),
    created_at: time,
    started_at: maybeTime('`null` while it waits for its turn.'),
    ended_at: maybeTime('`null` while it goes on.'),
    waiting_until: maybeTime('Of one that goes on later: for its retry, or for its window.'),
    failures: z.int().describe('Failures in a row.'),
    pages: z.int(),
    records: z
      .object({
        seen: z.int(),
        events: z.int().describe('New events.'),
        duplicates: z.int().describe('Versions that are events already.'),
        echoes: z.int().describe('The hub’s own writes coming back.'),
        unchanged: z.int(),
        unmapped: z.int().describe('Events without a record in the hub’s model, although there should be one.'),
        failed: z.int().describe('Records that could not be taken.'),
      })
      .describe('Counted so far.'),
    error: lastError,
    cursor_before: z.record(z.string(), z.unknown()).nullable(),
    cursor_after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'SyncRun' });

export class SyncResponse extends createZodDto(topLevel(sync)) {}
export class SyncListResponse extends createZodDto(z.object({ data: z.array(sync), next_cursor: nextCursor })) {}
export class SyncRunResponse extends createZodDto(topLevel(run)) {}
export class SyncRunListResponse extends createZodDto(z.object({ data: z.array(run), next_cursor: nextCursor })) {}
