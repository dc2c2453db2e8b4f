import { SCOPES } from '@hub/tenancy';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const me = z
  .object({
    key: z
      .object({
        id: z.string(),
        prefix: z.string().meta({ examples: ['hub_live_4fK2mQ9z'] }),
        name: z.string(),
        environment: z.enum(['live', 'test']),
        scopes: z.array(z.enum(SCOPES)),
        expires_at: time.nullable(),
        revoked_at: time.nullable().describe('In the future while a rotation overlaps'),
      })
      .optional()
      .describe('Left out for a person who is signed in'),
    user: z.object({ id: z.string(), email: z.string() }).optional().describe('Who is signed in; left out for a key'),
    scopes: z.array(z.enum(SCOPES)).describe('What the caller may do'),
    tenant: z.object({ id: z.string(), slug: z.string(), name: z.string(), tier: z.string() }),
    limits: z.object({
      events_per_minute: z.int().describe('Sustained; a batch costs as many as it holds'),
      burst: z.int().describe('Most events in any 60 s'),
    }),
  })
  .meta({ id: 'Me' });

export class MeResponse extends createZodDto(topLevel(me)) {}
