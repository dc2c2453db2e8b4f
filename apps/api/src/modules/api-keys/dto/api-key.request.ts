import { SCOPES } from '@hub/tenancy';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nameText, timestamp } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';

export const DEFAULT_OVERLAP_SECONDS = 86_400;
const LONGEST_OVERLAP_SECONDS = 7 * 86_400;

export class CreateApiKeyRequest extends createZodDto(
  z.strictObject({
    name: nameText(200).describe('For people: several keys may have one.'),
    environment: z.enum(['live', 'test']),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).describe('At most what your own key has'),
    expires_at: timestamp.nullable().optional(),
  }),
) {}

export class RotateApiKeyRequest extends createZodDto(
  z.strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP_SECONDS)
      .optional()
      .describe(`How long the old key goes on; ${DEFAULT_OVERLAP_SECONDS} if left out`),
    expires_at: timestamp
      .nullable()
      .optional()
      .describe('When the new key ends; `null`: never. Left out: when the old one would have'),
  }),
) {}

export class ListApiKeysQuery extends createZodDto(z.strictObject(pageQuery)) {}
