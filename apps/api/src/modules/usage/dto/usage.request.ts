import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const day = z.iso.date('Use a day such as 2026-11-20.').meta({ format: 'date' });

export class UsageQuery extends createZodDto(
  z.strictObject({
    from: day.optional().describe('First day, UTC. Absent: 29 days before `to`.'),
    to: day.optional().describe('Last day, UTC. Absent: today.'),
  }),
) {}
