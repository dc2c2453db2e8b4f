import { BALANCE_CHECKS, BALANCE_SIDES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const side = z.enum(BALANCE_SIDES);

const figures = {
  events: z.object({ accepted: z.int(), routed: z.int(), unrouted: z.int() }).describe('accepted = routed + unrouted'),
  deliveries: z
    .object({
      made: z.int().describe('Replays among them.'),
      replays: z.int(),
      succeeded: z.int(),
      dead: z.int(),
      cancelled: z.int(),
      superseded: z.int(),
      open: z.int(),
    })
    .describe('made = succeeded + dead + cancelled + superseded + open'),
};

const difference = z
  .object({
    check: z.enum(BALANCE_CHECKS),
    description: z.string(),
    left: z.object({ side, count: z.int() }),
    right: z.object({ side, count: z.int() }),
    short: side.describe('The side that has fewer: most often the one where something is missing.'),
  })
  .describe('Two witnesses who do not agree.');

const hour = z
  .object({
    hour: time,
    counted_at: time.describe('How old these figures are.'),
    balanced: z.boolean(),
    differences: z.array(difference),
    ...figures,
  })
  .meta({ id: 'BalanceHour' });

export class BalanceResponse extends createZodDto(
  z.object({
    from: time,
    to: time,
    balanced: z.boolean().describe('Every hour does.'),
    totals: z.object(figures),
    hours: z
      .array(hour)
      .describe(
        'By the hour in which the events were accepted, oldest first; hours in which none was are left out. Deliveries count with their event, however much later they were settled.',
      ),
  }),
) {}
