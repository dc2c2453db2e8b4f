import { ORDERING_KEYS, ORDERING_MODES } from '@hub/delivery';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { publicId } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, displayName, flagQuery } from '../../connections/dto/fields';
import { textOrNull } from '../../../http/fields';

const eventType = z
  .string()
  .min(1)
  .max(100)
  .describe('Dotted event type; a part may be `*`, which stands for any run of characters')
  .meta({ examples: ['invoice.*'] });
const filter = z
  .string()
  .min(1)
  .nullable()
  .describe("JSONata over the event's `data` that must be true; `null` lets all pass");
const operation = z
  .string()
  .min(1)
  .max(200)
  .meta({ examples: ['request.send'] });
const mappingId = textOrNull("`null` sends the event's `data` as it is");
const connectionId = z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] });
const orderingKey = z.enum(ORDERING_KEYS);
const orderingMode = z.enum(ORDERING_MODES);
const ORDERED = 'Deliveries with one key keep the order of acceptance; `latest` skips what is superseded';
const newOrdering = z
  .strictObject({ key: orderingKey.default('subject'), mode: orderingMode.default('strict') })
  .default({ key: 'subject', mode: 'strict' })
  .describe(ORDERED);
const ordering = z.strictObject({ key: orderingKey.optional(), mode: orderingMode.optional() }).describe(ORDERED);
const retry = z
  .strictObject({ delays_seconds: z.array(z.number()) })
  .nullable()
  .describe("Waits after the first, second, … failed attempt: at most 20, 72 hours in all. `null`: the hub's schedule")
  .meta({ examples: [{ delays_seconds: [60, 300] }] });

export class CreateRouteRequest extends createZodDto(
  z
    .strictObject({
      name: displayName,
      event_type: eventType,
      filter: filter.default(null),
      connection_id: connectionId,
      operation,
      mapping_id: mappingId.default(null),
      ordering: newOrdering,
      retry: retry.default(null),
      enabled: z.boolean().default(true),
    })
    .meta({
      examples: [
        {
          name: 'Invoices to the warehouse',
          event_type: 'invoice.*',
          filter: 'total > 0',
          connection_id: 'con_01k9g8xv7hf2p9w3c5q6r7s8t9',
          operation: 'request.send',
          mapping_id: 'map_01k9g8xv7hf2p9w3c5q6r7s8t9',
        },
      ],
    }),
) {}

export class UpdateRouteRequest extends createZodDto(
  z
    .strictObject({
      name: displayName.optional(),
      event_type: eventType.optional(),
      filter: filter.optional(),
      connection_id: connectionId.optional(),
      operation: operation.optional(),
      mapping_id: mappingId.optional(),
      ordering: ordering.optional(),
      retry: retry.optional(),
      enabled: z.boolean().optional(),
    })
    .refine(...atLeastOneMember),
) {}

export class ListRoutesQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    connection_id: publicId('connection').optional(),
    mapping_id: publicId('mapping').optional(),
    enabled: flagQuery.optional(),
  }),
) {}
