import { ORDERING_KEYS, ORDERING_MODES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const route = z
  .object({
    id: z.string().meta({ examples: ['rte_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    name: z.string(),
    event_type: z.string().meta({ examples: ['invoice.*'] }),
    filter: textOrNull('JSONata that must be true; `null` lets all pass.'),
    connection_id: z.string(),
    operation: z.string(),
    mapping_id: textOrNull("`null` sends the event's `data` as it is."),
    ordering: z.object({ key: z.enum(ORDERING_KEYS), mode: z.enum(ORDERING_MODES) }),
    retry: z
      .object({ delays_seconds: z.array(z.int()) })
      .nullable()
      .describe("`null`: the hub's own schedule"),
    enabled: z.boolean(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Route' });

export class RouteResponse extends createZodDto(topLevel(route)) {}
export class RouteListResponse extends createZodDto(z.object({ data: z.array(route), next_cursor: nextCursor })) {}
