import { CANONICAL_TYPES } from '@hub/connector-sdk';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull, timestamp } from '../../../http/fields';

const connectionId = z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] });

export class ListRecipesQuery extends createZodDto(
  z.strictObject({
    source_connection_id: z.string().describe('Where records are pulled from'),
    target_connection_id: z.string().describe('Where they are written to'),
  }),
) {}

export class ApplyRecipesRequest extends createZodDto(
  z.strictObject({
    source_connection_id: connectionId,
    target_connection_id: connectionId,
    recipe_ids: z.array(z.string().min(1).max(300)).min(1).max(50),
    enabled: z
      .boolean()
      .optional()
      .describe('`false` makes disabled routes and paused syncs, to be looked at first. Default `true`'),
    start_from: timestamp.optional().describe('Changes since then are pulled first. Default: those from now on'),
  }),
) {}

const applied = z.object({
  sync_id: textOrNull('`null` when it has been deleted since.'),
  mapping_id: textOrNull('`null` when it has been deleted since.'),
  route_id: textOrNull('`null` when it has been deleted since.'),
  route_enabled: z.boolean().nullable(),
});

const recipe = z
  .object({
    id: z.string().meta({ examples: ['salesforce.account:quickbooks.customer.outbound'] }),
    title: z.string(),
    description: z.string(),
    object: z.string().describe('What is pulled from the source'),
    canonical_type: z.enum(CANONICAL_TYPES),
    event_type: z.string(),
    operation: z.string().describe('What is asked of the target'),
    template_id: z.string(),
    template_version: z.int(),
    applied: applied.nullable().describe('What it has been made into for these two connections'),
  })
  .meta({ id: 'Recipe' });

const result = z.object({
  recipe_id: z.string(),
  created: z.boolean().describe('False: all of it was there already'),
  sync_id: z.string(),
  mapping_id: z.string(),
  route_id: z.string(),
  route_enabled: z.boolean(),
});

export type RecipeResponse = z.output<typeof recipe>;
export type AppliedResponse = z.output<typeof result>;
export class RecipeListResponse extends createZodDto(z.object({ data: z.array(recipe) })) {}
export class ApplyRecipesResponse extends createZodDto(z.object({ data: z.array(result) })) {}
