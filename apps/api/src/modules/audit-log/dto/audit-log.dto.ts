import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { inOrder, nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { pageQuery } from '../../../http/pagination';
import { auditFilter, publicIdText } from './audit-fields';

export class ListAuditLogQuery extends createZodDto(
  z.strictObject({ ...pageQuery, ...auditFilter }).superRefine(inOrder(['from', 'to'])),
) {}

const hash = z.string().meta({ examples: ['5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef'] });

const auditRecord = z
  .object({
    id: z.string().meta({ examples: ['aud_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    seq: z.number().int().describe('Its place in the chain, from 1, without a gap'),
    time: z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] }),
    action: z.string().meta({ examples: ['mapping.published'] }),
    outcome: z.enum(['succeeded', 'refused']),
    actor: z.object({
      type: z.enum(['api_key', 'user', 'operator', 'system']),
      id: z.string().meta({ examples: ['key_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
      label: textOrNull('As the actor was called then.'),
      ip: textOrNull('Where the request came from.'),
      user_agent: textOrNull('The program it came from.'),
      erased: z.boolean().describe('Label, address and program have been erased on request'),
    }),
    target: z.object({ type: z.string(), id: z.string(), name: textOrNull('As it was called then.') }),
    before: z.unknown().describe('The target as it was; secrets left out'),
    after: z.unknown().describe('The target as it is'),
    details: z.unknown(),
    reason: textOrNull('As stated by the actor.'),
    request_id: textOrNull('The `X-Request-Id` of the request.'),
    prev_hash: hash.describe('Of the record before it'),
    hash: hash.describe('SHA-256 over tenant, place, hash before and record; see docs/audit.md'),
  })
  .meta({ id: 'AuditRecord' });

export class AuditRecordResponse extends createZodDto(topLevel(auditRecord)) {}
export class AuditRecordListResponse extends createZodDto(
  z.object({ data: z.array(auditRecord), next_cursor: nextCursor }),
) {}

export class AuditCheckpointResponse extends createZodDto(
  z.object({
    note: textOrNull(
      'The newest signed checkpoint (C2SP); `null` before the first. Keep it: it proves what was before it.',
    ),
    keys: z
      .array(z.string())
      .describe('Verifier keys, the newest first. Give them to the verifier as --key')
      .meta({ examples: [['integration-hub/audit/ten_01k9g8xv7hf2p9w3c5q6r7s8t9+3f2a1b9c+AZ…']] }),
  }),
) {}

export class AuditSettingsResponse extends createZodDto(
  z.object({
    retention_days: z
      .number()
      .int()
      .meta({ examples: [400] }),
    min_retention_days: z
      .number()
      .int()
      .describe('What the operator allows')
      .meta({ examples: [90] }),
    max_retention_days: z
      .number()
      .int()
      .meta({ examples: [3650] }),
  }),
) {}

export class UpdateAuditSettingsRequest extends createZodDto(
  z.strictObject({
    retention_days: z
      .number()
      .int()
      .min(1)
      .max(36_500)
      .meta({ examples: [730] }),
  }),
) {}

export class ErasePersonalRequest extends createZodDto(
  z.strictObject({
    subject: publicIdText
      .describe('Id of the actor whose label, addresses and programs are to be erased')
      .meta({ examples: ['key_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .meta({ examples: ['Request of 2026-11-20 under GDPR, article 17'] }),
  }),
) {}
