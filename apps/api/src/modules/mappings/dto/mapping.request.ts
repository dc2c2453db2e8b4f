import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../../../http/pagination';
import { versionPageQuery } from '../version-cursor';
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

export class CreateMappingRequest extends createZodDto(
  z.strictObject({ name: displayName, description: freeText(2_000).optional(), ...version }),
) {}

export class UpdateMappingRequest extends createZodDto(
  z.strictObject({ name: displayName.optional(), description: freeText(2_000).optional() }).refine(...atLeastOneMember),
) {}

export class CreateVersionRequest extends createZodDto(z.strictObject(version)) {}

export class PublishRequest extends createZodDto(z.strictObject({ version: z.int().min(1).max(2_147_483_647) })) {}

export class PreviewRequest extends createZodDto(
  z
    .strictObject({
      expression,
      input: z
        .unknown()
        .refine((input) => input !== undefined, 'This field is needed.')
        .describe('What the expression sees as `$`: the `data` of an event'),
      event: jsonObject.optional().describe('What the expression sees as `$event`'),
      tables: tables.optional(),
    })
    .meta({ examples: [{ expression: '$uppercase(name)', input: { name: 'Ada' } }] }),
) {}

export class ListMappingsQuery extends createZodDto(z.strictObject(pageQuery)) {}

export class ListVersionsQuery extends createZodDto(z.strictObject(versionPageQuery)) {}
