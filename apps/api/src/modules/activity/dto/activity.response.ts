import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { limits } from '../../connections/dto/connection.response';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const durations = (what: string) =>
  z
    .object({
      count: z.int(),
      p50_ms: z.int().describe('Half of them took no longer.'),
      p95_ms: z.int(),
    })
    .describe(`${what} Right within a fifth; \`null\` where there was none.`)
    .nullable();

const end = z
  .object({
    what: z
      .enum(['sign_in', 'credentials', 'token'])
      .describe('`token`: one that the hub renews by itself, but renewing it has failed.'),
    at: time,
  })
  .describe('What ends and needs a person; `null` where nothing does, or the vendor does not tell.')
  .nullable();

const connection = z.object({
  connection_id: z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  hours: z.array(
    z.object({
      hour: time,
      delivered: z.int().describe('Deliveries that arrived.'),
      failed: z.int().describe('Attempts that failed.'),
      picked_up: z.int().describe('New events made by runs of its syncs that were begun within the hour.'),
    }),
  ),
  last_success_at: time.nullable().describe('When its system last took something.'),
  has_credentials: z.boolean(),
  renews: z.boolean().describe('The hub gets new tokens by itself.'),
  refresh_failures: z.int().describe('Refreshes that failed in a row'),
  ends: end,
  freshness: z
    .object({
      state: z.enum(['fresh', 'late', 'never']),
      as_of: time.nullable().describe('Everything that the vendor had then is known to the hub.'),
    })
    .describe('Of its sync that is furthest behind; `null` where none runs.')
    .nullable(),
  limits,
});

export class ActivityResponse extends createZodDto(
  z.object({
    from: time,
    to: time,
    hours: z.array(
      z.object({
        hour: time,
        delivery: durations('From when a delivery was made until it had arrived, by the hour in which it arrived.'),
        call: durations('Single calls of connections’ systems, those that failed among them.'),
      }),
    ),
    connections: z.array(connection),
  }),
) {}
