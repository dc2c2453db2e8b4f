import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const tenant = z
  .object({
    id: z.string().meta({ examples: ['ten_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    slug: z.string(),
    name: z.string(),
    tier: z.string(),
    rate_limit_per_minute: z.int().nullable().describe("`null`: the tier's figure"),
    status: z.enum(['active', 'suspended']),
    created_at: time,
    updated_at: time,
    erased_at: z.string().meta({ format: 'date-time' }).nullable().describe('When it was erased; it stays suspended.'),
  })
  .meta({ id: 'Tenant' });

export class TenantResponse extends createZodDto(topLevel(tenant)) {}
export class TenantListResponse extends createZodDto(z.object({ data: z.array(tenant), next_cursor: nextCursor })) {}
export class CreatedTenantResponse extends createZodDto(
  tenant.extend({ api_key: z.string().describe("The tenant's first key, with every scope: shown this once") }),
) {}
export class TierListResponse extends createZodDto(
  z.object({ data: z.array(z.object({ name: z.string(), rate_limit_per_minute: z.int() })) }),
) {}
