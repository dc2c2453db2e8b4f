import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { day } from '../../../http/fields';

export class UsageQuery extends createZodDto(
  z.strictObject({
    from: day.optional().describe('First day, UTC. Absent: 29 days before `to`.'),
    to: day.optional().describe('Last day, UTC. Absent: today.'),
  }),
) {}
