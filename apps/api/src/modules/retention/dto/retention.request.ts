import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { LEAST_HOT_DAYS } from '@hub/archive';
import { reasonText } from '../../connections/dto/fields';

const MOST_DAYS = { hot: 90, archive: 36_500, deadLetter: 365 } as const;

const days = (least: number, most: number, usual: string): z.ZodNullable<z.ZodInt> =>
  z.int().min(least).max(most).describe(`${usual} \`null\`: the hub’s own figure.`).nullable();

const legalHold = z.boolean().describe('While it is set, nothing of the archive is deleted, whatever its age.');
const reason = reasonText
  .optional()
  .describe('Needed to set a legal hold or to take it back. Kept with it and in the audit log.');

export class PutRetentionRequest extends createZodDto(
  z
    .strictObject({
      hot_days: days(LEAST_HOT_DAYS, MOST_DAYS.hot, 'Days at hand, at least.'),
      archive_days: days(1, MOST_DAYS.archive, 'Days until the archive forgets.'),
      dead_letter_days: days(1, MOST_DAYS.deadLetter, 'Days that dead letters stay at hand.'),
      legal_hold: legalHold,
      reason,
    })
    .meta({ examples: [{ hot_days: null, archive_days: 730, dead_letter_days: 30, legal_hold: false }] }),
) {}

export class PutRetentionBoundsRequest extends createZodDto(
  z
    .strictObject({
      most_hot_days: days(LEAST_HOT_DAYS, MOST_DAYS.hot, 'Most days at hand that the tenant may ask for.'),
      least_archive_days: days(1, MOST_DAYS.archive, 'Fewest days in the archive that the tenant may ask for.'),
      most_archive_days: days(1, MOST_DAYS.archive, 'Most days in the archive that the tenant may ask for.'),
      most_dead_letter_days: days(1, MOST_DAYS.deadLetter, 'Most days of dead letters that the tenant may ask for.'),
      legal_hold: legalHold.describe('A hold of the operator’s own: the tenant cannot take it back.'),
      reason,
    })
    .meta({
      examples: [
        {
          most_hot_days: 14,
          least_archive_days: null,
          most_archive_days: 730,
          most_dead_letter_days: null,
          legal_hold: true,
          reason: 'Case 2026-114',
        },
      ],
    }),
) {}
