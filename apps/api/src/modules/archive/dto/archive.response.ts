import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ARCHIVE_KINDS, RESTORE_STATUSES } from '@hub/archive';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const object = z
  .object({
    id: z.string().meta({ examples: ['aob_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    kind: z.enum(ARCHIVE_KINDS),
    day: z.string().meta({ format: 'date', examples: ['2026-11-12'] }),
    key: z.string().describe('Of the object in the store.'),
    rows: z.int(),
    first_id: z.string().describe('UUID of the first row.'),
    last_id: z.string().describe('UUID of the last row.'),
    sha256: z.string().describe('Of the object as it is stored, in hex.'),
    bytes: z.int().describe('Of its rows as JSON Lines.'),
    bytes_stored: z.int().describe('Compressed and sealed.'),
    created_at: time,
  })
  .meta({ id: 'ArchiveObject' });

export class ArchiveObjectListResponse extends createZodDto(
  z.object({ data: z.array(object), next_cursor: nextCursor }),
) {}

const restore = z
  .object({
    id: z.string().meta({ examples: ['rst_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    status: z.enum(RESTORE_STATUSES),
    reason: z.string(),
    keep_days: z.int(),
    named: z.int().nullable().describe('How many events were named; `null` when a time was.'),
    from: time.nullable(),
    to: time.nullable(),
    filter: z.record(z.string(), z.string()).nullable(),
    requested_by: z.object({ type: z.string(), id: z.string() }),
    progress: z.number().min(0).max(1),
    matched: z.int().describe('Events found in the archive so far.'),
    restored: z.int().describe('Of those, brought back.'),
    already_there: z.int().describe('Of those, at hand already.'),
    missing: z.int().describe('Named, and neither in the archive nor at hand.'),
    error: textOrNull('Why it has failed, or what its next try waits for.'),
    created_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Restore' });

export class RestoreResponse extends createZodDto(topLevel(restore)) {}
export class RestoreListResponse extends createZodDto(z.object({ data: z.array(restore), next_cursor: nextCursor })) {}
