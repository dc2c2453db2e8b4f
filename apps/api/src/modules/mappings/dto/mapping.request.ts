import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../../../http/pagination';
import { numberedPageQuery } from '../number-cursor';
import { atLeastOneMember, displayName, freeText, jsonObject } from '../../connections/dto/fields';

/** Shape and bounds are checked by the mapping store, which names every fault. */
const tables = jsonObject
  .describe('Lookup tables for `$lookupTable(table, key)`: at most 50 tables, 5,000 entries and 256 KiB in all')
  .meta({ examples: [{ carriers: { ups: 'UPS Ground' } }] });
const expression = z
  .string()
  .min(1)
  .describe('JSONata')
  .meta({ examples: ['{ "Name": customer.name }'] });
const version = { expression, tables: tables.optional(), note: freeText(1_000).optional() };

const newMapping = z
  .strictObject({
    name: displayName.optional().describe('Unique among mappings. Left out with a template: its title'),
    description: freeText(2_000).optional(),
    ...version,
    expression: expression.optional(),
    template_id: z
      .string()
      .max(200)
      .optional()
      .describe('In place of an expression: the first version is a copy of this template')
      .meta({ examples: ['quickbooks.customer.outbound'] }),
  })
  .superRefine(
    ({ name, expression: own, template_id: template }, context) => {
      const needed = (member: string): void =>
        context.addIssue({ code: 'invalid_type', expected: 'string', input: undefined, path: [member] });
      if (own === undefined && template === undefined) needed('expression');
      if (name === undefined && template === undefined) needed('name');
      if (own === undefined || template === undefined) return;
      const message = 'Name either an expression or a template, not both.';
      context.addIssue({ code: 'custom', path: ['template_id'], message });
    },
    // Also when other members have faults: every fault is to be in one answer.
    { when: ({ value }) => typeof value === 'object' && value !== null },
  );

export class CreateMappingRequest extends createZodDto(newMapping) {}

export class UpdateMappingRequest extends createZodDto(
  z.strictObject({ name: displayName.optional(), description: freeText(2_000).optional() }).refine(...atLeastOneMember),
) {}

export class CreateVersionRequest extends createZodDto(z.strictObject(version)) {}

const number = z.int().min(1).max(2_147_483_647);
const expectedVersion = number
  .optional()
  .describe('The published version as you know it: 409 when somebody has published another one meanwhile');

export class PublishRequest extends createZodDto(
  z
    .strictObject({ version: number, expected_version: expectedVersion })
    .meta({ examples: [{ version: 3, expected_version: 2 }] }),
) {}

export class RollbackRequest extends createZodDto(
  z
    .strictObject({
      to_version: number.optional().describe('Left out: the version that was published before'),
      expected_version: expectedVersion,
    })
    .meta({ examples: [{ to_version: 1 }] }),
) {}

export class PreviewRequest extends createZodDto(
  z
    .strictObject({
      expression,
      input: z
        .unknown()
        .refine((input) => input !== undefined, 'This field is needed.')
        .describe('What the expression sees as `$`: the `data` of an event'),
      event: jsonObject
        .optional()
        .describe('What the expression sees as `$event`. `$link` looks up ids of the system that its `source` names'),
      tables: tables.optional(),
      links: z
        .array(
          z.strictObject({
            type: z.string().min(1).max(100),
            id: z.string().min(1).max(500),
            system: z.string().min(1).max(200),
            found: z.string().min(1).max(500).nullable(),
          }),
        )
        .max(1_000)
        .optional()
        .describe('Answers of `$link` for this run, before those that the hub knows; `found: null` for no link'),
      error_as_result: z
        .boolean()
        .optional()
        .describe('For editors: an expression that fails is answered with 200 and `error` in the place of `output`'),
    })
    .meta({ examples: [{ expression: '$uppercase(name)', input: { name: 'Ada' } }] }),
) {}

export class ListMappingsQuery extends createZodDto(z.strictObject(pageQuery)) {}

export class ListVersionsQuery extends createZodDto(z.strictObject(numberedPageQuery)) {}
