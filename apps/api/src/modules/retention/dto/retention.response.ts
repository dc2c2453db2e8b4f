import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull } from '../../../http/fields';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const range = z.object({ least: z.int(), most: z.int() });

export class RetentionResponse extends createZodDto(
  z.object({
    hot_days: z.int().nullable().describe('As asked for; `null`: the hub’s own figure.'),
    archive_days: z.int().nullable(),
    dead_letter_days: z.int().nullable(),
    legal_hold: z.boolean().describe('Your own.'),
    legal_hold_reason: textOrNull('Of your own hold.'),
    legal_hold_since: time.nullable(),
    effective: z
      .object({
        hot_days: z.int(),
        archive_days: z.int(),
        dead_letter_days: z.int(),
        legal_hold: z.boolean().describe('By you or by the operator.'),
      })
      .describe('What holds, within the bounds.'),
    bounds: z.object({ hot_days: range, archive_days: range, dead_letter_days: range }),
    updated_at: time.nullable(),
  }),
) {}

export class RetentionBoundsResponse extends createZodDto(
  z.object({
    most_hot_days: z.int().nullable().describe('`null`: the hub’s own bound.'),
    least_archive_days: z.int().nullable(),
    most_archive_days: z.int().nullable(),
    most_dead_letter_days: z.int().nullable(),
    legal_hold: z.boolean(),
    legal_hold_reason: textOrNull('Of the hold.'),
    legal_hold_since: time.nullable(),
    effective: z
      .object({ hot_days: range, archive_days: range, dead_letter_days: range })
      .describe('Bounds that hold for the tenant.'),
    updated_at: time.nullable(),
  }),
) {}
