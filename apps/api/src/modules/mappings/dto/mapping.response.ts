import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { PUBLICATION_KINDS } from '@hub/mapping-store';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { backtestSummary, contentHash } from './backtest.dto';

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

const publication = z.object({
  kind: z.enum(PUBLICATION_KINDS).describe('`found`: it was published before the hub kept who did it and when'),
  at: textOrNull('When it was last published, RFC 3339'),
  by: z
    .object({ type: z.string(), id: z.string().meta({ examples: ['key_01k9g8xv7hf2p9w3c5q6r7s8t9'] }) })
    .nullable()
    .describe('Who did it; `null` for the hub itself'),
  can_roll_back: z.boolean().describe('Of the version in force: whether a rollback leads anywhere'),
});

const summary = z.object({
  version: z.int(),
  expression: z.string(),
  note: z.string(),
  published: publication.nullable().describe('The last time; `null` for a version that never was'),
  created_at: time,
});
const version = summary.extend({
  tables: z.record(z.string(), z.record(z.string(), scalar)),
  content_hash: contentHash,
});

export type MappingVersionSummaryResponse = z.output<typeof summary>;
export class MappingResponse extends createZodDto(topLevel(mapping)) {}
export class PublishedMappingResponse extends createZodDto(
  mapping
    .extend({
      golden_cases: z.int().describe('Cases that the version was held to, all of which it passed'),
      backtested: z.boolean().describe('`false`: nobody has run this version over real events'),
      backtest: backtestSummary
        .nullable()
        .describe('The last back-test of exactly this version or draft, if any is kept'),
    })
    .meta({}),
) {}
export class MappingListResponse extends createZodDto(z.object({ data: z.array(mapping), next_cursor: nextCursor })) {}
export class MappingVersionResponse extends createZodDto(topLevel(version)) {}
export class MappingVersionListResponse extends createZodDto(
  z.object({ data: z.array(summary), next_cursor: nextCursor }),
) {}

const previewError = z.object({
  code: z.string().meta({ examples: ['mapping_runtime'] }),
  message: z.string(),
  offset: z.int().nullable().describe('Where in the expression, counted from 0, as far as it is known'),
  line: z.int().nullable().describe('Counted from 1'),
  column: z.int().nullable().describe('Counted from 1'),
  token: textOrNull('What stands there'),
});

export type PreviewErrorResponse = z.output<typeof previewError>;
export class PreviewResponse extends createZodDto(
  z.object({
    output: z.unknown().optional().describe('What the expression makes of the input'),
    error: previewError.optional().describe('Only where `error_as_result` asks for it, in the place of `output`'),
  }),
) {}
