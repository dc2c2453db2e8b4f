import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { searchedMoment } from '../../../http/fields';

export class BalanceQuery extends createZodDto(
  z.strictObject({
    from: searchedMoment.optional().describe('The hour that it falls into is the first. Absent: 24 hours before `to`.'),
    to: searchedMoment
      .optional()
      .describe('Up to this moment; the hour that it falls into belongs to it. Absent: now.'),
  }),
) {}
