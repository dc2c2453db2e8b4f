import { CANONICAL_TYPES } from '@hub/connector-sdk';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const direction = z.enum(['inbound', 'outbound']);
const canonicalType = z.enum(CANONICAL_TYPES);

export class ListTemplatesQuery extends createZodDto(
  z.strictObject({
    connector: z.string().min(1).max(100).optional(),
    direction: direction.optional(),
    canonical_type: canonicalType.optional(),
  }),
) {}

const summary = z
  .object({
    id: z.string().meta({ examples: ['quickbooks.customer.outbound'] }),
    version: z.int().describe('Counts up with every change of the expression'),
    connector: z.string(),
    title: z.string(),
    description: z.string(),
    direction: direction.describe(
      '`inbound`: a pulled record becomes one of the hub’s model; `outbound`: the way back',
    ),
    canonical_type: canonicalType,
    object: textOrNull('Inbound: the vendor’s object.'),
    operation: textOrNull('Outbound: the operation that the payload is for.'),
  })
  .meta({ id: 'MappingTemplateSummary' });

const template = summary.extend({
  expression: z.string().describe('JSONata'),
  golden_cases: z
    .array(z.object({ name: z.string(), input: z.unknown(), output: z.unknown() }))
    .describe('What the template makes of an input: tested with every release'),
});

const type = z.object({
  type: canonicalType,
  schema: z.record(z.string(), z.unknown()).describe('JSON Schema, draft 2020-12'),
});

const mappingFunction = z
  .object({
    name: z
      .string()
      .describe('Without the leading `$`')
      .meta({ examples: ['money'] }),
    usage: z.string().meta({ examples: ['$money(amount, currency, mode?)'] }),
    group: z.string().meta({ examples: ['Decimals and money'] }),
    description: z.string().describe('Markdown'),
  })
  .meta({ id: 'MappingFunction' });

export type MappingFunctionResponse = z.output<typeof mappingFunction>;
export type TemplateSummary = z.output<typeof summary>;
export class TemplateListResponse extends createZodDto(z.object({ data: z.array(summary) })) {}
export class TemplateResponse extends createZodDto(topLevel(template)) {}
export class CanonicalTypeListResponse extends createZodDto(z.object({ data: z.array(type) })) {}
export class MappingFunctionListResponse extends createZodDto(z.object({ data: z.array(mappingFunction) })) {}
