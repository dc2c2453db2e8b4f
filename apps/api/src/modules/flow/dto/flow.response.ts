import { AUTH_STATES, CONNECTION_STATUSES } from '@hub/connections';
import { SYNC_STATUSES } from '@hub/sync';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull } from '../../../http/fields';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const connection = z.object({
  id: z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  name: z.string(),
  connector: z.string(),
  status: z.enum(CONNECTION_STATUSES),
  auth_state: z.enum(AUTH_STATES),
  breaker: z.enum(['closed', 'open', 'half_open']),
});

const sync = z.object({
  id: z.string(),
  name: z.string(),
  connection_id: z.string(),
  object: z.string(),
  status: z.enum(SYNC_STATUSES),
  freshness: z.enum(['fresh', 'late', 'never']),
  runs: z.int().describe('Begun in the period.'),
  failed_runs: z.int(),
  events: z.int().describe('New events that they have made.'),
  failed: z.int().describe('Records that could not be taken.'),
});

const edge = z
  .object({
    route_id: z.string(),
    route_name: z.string(),
    event_type: z.string(),
    enabled: z.boolean(),
    source_connection_id: textOrNull('Where the events are pulled from; `null` for those that are posted.'),
    source: textOrNull('Of posted events, as they name it; `null` where they name none.'),
    connection_id: z.string().describe('Where the route leads.'),
    operation: z.string(),
    expected: z.boolean().describe('Nothing came this way in the period; by the configuration it would.'),
    deliveries: z.object({
      made: z.int(),
      succeeded: z.int(),
      waiting: z.int().describe('Not settled.'),
      dead: z.int().describe('Dead, and not taken up by a replay.'),
    }),
    last_at: z.string().describe('When the newest delivery was made.').meta({ format: 'date-time' }).nullable(),
  })
  .describe('One route from one source.');

export class FlowResponse extends createZodDto(
  z.object({
    from: time,
    to: time,
    counted_from: time.describe('Later than `from` where more was delivered than is counted: only the newest are.'),
    connections: z.array(connection),
    syncs: z.array(sync),
    edges: z.array(edge),
  }),
) {}
