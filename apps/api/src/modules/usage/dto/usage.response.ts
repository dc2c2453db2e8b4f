import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const day = z.string().meta({ format: 'date', examples: ['2026-11-20'] });
const figures = {
  events_accepted: z.int(),
  events_duplicate: z.int().describe('Repeats of known events: answered, and nothing was done again.'),
  requests_rate_limited: z.int().describe('Answered 429.'),
  deliveries_succeeded: z.int().describe('Of events accepted on that day.'),
  deliveries_dead: z.int().describe('Of events accepted on that day.'),
  calls: z.int().describe('Attempts at connections’ systems; a record that goes in a bulk call counts as one.'),
  calls_failed: z.int(),
};

export class UsageResponse extends createZodDto(
  z.object({
    from: day,
    to: day,
    limit_per_minute: z.int().describe('Of events, as it is now.'),
    totals: z.object(figures),
    days: z.array(
      z.object({
        day,
        ...figures,
        busiest_minute: z.int().describe('Most events sent within one minute.'),
        limit_used_percent: z.number().describe('Of the limit as it is now, in the busiest minute.'),
      }),
    ),
  }),
) {}
