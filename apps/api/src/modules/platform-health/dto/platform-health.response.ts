import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const hubProcess = z
  .object({
    id: z.string(),
    kind: z.enum(['api', 'worker']),
    host: z.string(),
    pid: z.int(),
    state: z
      .enum(['up', 'silent'])
      .describe('`silent`: not heard of for half a minute. After an hour it is forgotten.'),
    started_at: time,
    seen_at: time.describe('Its last heartbeat; one comes every 10 s.'),
  })
  .meta({ id: 'HubProcess' });

const queue = z
  .object({
    name: z.enum(['drain', 'pull', 'replay']),
    reachable: z.boolean(),
    waiting: z.int().describe('Jobs by state; 0 while the queue is not reachable.'),
    active: z.int(),
    delayed: z.int(),
    failed: z.int(),
  })
  .meta({ id: 'HubQueue' });

export class PlatformHealthResponse extends createZodDto(
  z.object({
    at: time,
    processes: z.array(hubProcess).describe('API first, each kind by when it was started.'),
    queue_backend: z.enum(['redis', 'postgres']),
    queues: z
      .array(queue)
      .describe(
        'Rings, not deliveries: a job stands for all that a connection has due. Without them the sweeper does it.',
      ),
    deliveries: z.object({
      due: z
        .int()
        .describe('Could be made now. At most 10,000 of each connection are counted; paused ones are left out.'),
      oldest_due_at: z
        .string()
        .describe('Since when the oldest of them is due.')
        .meta({ format: 'date-time' })
        .nullable(),
    }),
  }),
) {}
