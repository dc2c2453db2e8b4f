import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nameText, plainText } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, reasonText } from '../../connections/dto/fields';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Must be lower-case letters, digits and hyphens, at most 63')
  .meta({ examples: ['acme'] });
const name = nameText(200).describe('For people: several tenants may have one.');
const tier = z
  .string()
  .min(1)
  .max(50)
  .meta({ examples: ['standard'] });
const rateLimit = z.int().min(1).max(1_000_000).nullable().describe("Events a minute; `null`: the tier's figure");

export class CreateTenantRequest extends createZodDto(
  z.strictObject({
    slug,
    name,
    tier,
    rate_limit_per_minute: rateLimit.optional(),
    key_environment: z.enum(['test', 'live']).optional().describe('Of the first key; `live` if left out'),
  }),
) {}

export class UpdateTenantRequest extends createZodDto(
  z
    .strictObject({
      name: name.optional(),
      tier: tier.optional(),
      rate_limit_per_minute: rateLimit.optional(),
      status: z.enum(['active', 'suspended']).optional(),
    })
    .refine(...atLeastOneMember),
) {}

export class ListTenantsQuery extends createZodDto(
  z.strictObject({
    q: plainText(200).optional().describe('Looked for in name and slug; or an id.'),
    status: z.enum(['active', 'suspended']).optional(),
    ...pageQuery,
  }),
) {}

export class EraseTenantRequest extends createZodDto(
  z
    .strictObject({
      slug: slug.describe('Of the tenant, written out: nobody erases another by a slip.'),
      reason: reasonText.describe('Kept in the audit log.'),
    })
    .meta({ examples: [{ slug: 'acme', reason: 'Contract ended on 2026-10-31' }] }),
) {}
