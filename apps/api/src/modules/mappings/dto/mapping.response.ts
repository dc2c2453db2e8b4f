import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const mapping = z
  .object({
    id: z.string().meta({ examples: ['map_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    name: z.string(),
    description: z.string(),
    published_version: z.int().describe('The version that events are mapped with from now on'),
    latest_version: z.int(),
    template: z
      .object({
        id: z.string(),
        version: z.int().describe('As it was when it was copied'),
        latest_version: z.int().nullable().describe('As it is now; `null` when there is no such template any more'),
      })
      .nullable()
      .describe('The ready-made mapping that this one was copied from'),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Mapping' });

const summary = z.object({ version: z.int(), expression: z.string(), note: z.string(), created_at: time });
const version = summary.extend({ tables: z.record(z.string(), z.record(z.string(), scalar)) });

export type MappingVersionSummaryResponse = z.output<typeof summary>;
export class MappingResponse extends createZodDto(topLevel(mapping)) {}
export class MappingListResponse extends createZodDto(z.object({ data: z.array(mapping), next_cursor: nextCursor })) {}
export class MappingVersionResponse extends createZodDto(topLevel(version)) {}
export class MappingVersionListResponse extends createZodDto(
  z.object({ data: z.array(summary), next_cursor: nextCursor }),
) {}
export class PreviewResponse extends createZodDto(z.object({ output: z.unknown() })) {}
