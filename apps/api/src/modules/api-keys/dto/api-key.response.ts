import { SCOPES } from '@hub/tenancy';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const apiKey = z
  .object({
    id: z.string().meta({ examples: ['key_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    prefix: z.string().meta({ description: 'The part of the key that is no secret', examples: ['hub_live_4fK2mQ9z'] }),
    name: z.string(),
    environment: z.enum(['live', 'test']),
    scopes: z.array(z.enum(SCOPES)),
    expires_at: time.nullable(),
    revoked_at: time.nullable().describe('In the future while a rotation overlaps'),
    last_used_at: time.nullable(),
    replaces: textOrNull('The key that this one was rotated from'),
    created_at: time,
  })
  .meta({ id: 'ApiKey' });

export class ApiKeyResponse extends createZodDto(topLevel(apiKey)) {}
export class ApiKeyListResponse extends createZodDto(z.object({ data: z.array(apiKey), next_cursor: nextCursor })) {}
export class CreatedApiKeyResponse extends createZodDto(
  apiKey.extend({
    key: textOrNull(
      'Shown this once and stored nowhere: `null` when the request was repeated under its Idempotency-Key.',
    ),
  }),
) {}
