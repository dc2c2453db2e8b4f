import { EXPORT_FORMATS } from '@hub/audit';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { inOrder, nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { pageQuery } from '../../../http/pagination';
import { reasonText } from '../../connections/dto/fields';
import { auditFilter } from '../../audit-log/dto/audit-fields';

const format = z
  .enum(EXPORT_FORMATS)
  .describe('`csv` adds files for spreadsheets; JSON Lines, which the verifier reads, is always there');

const createAuditExport = z.strictObject({
  format: format.default('jsonl'),
  filter: z
    .strictObject(auditFilter)
    .superRefine(inOrder(['from', 'to']))
    .default({})
    .describe('Records to show. The others are given by their digests, so that the chain can still be checked'),
});

export class CreateAuditExportRequest extends createZodDto(createAuditExport) {}

export class CreateTenantAuditExportRequest extends createZodDto(
  createAuditExport
    .extend({ reason: reasonText.describe('Kept in the tenant’s audit log, and in the operators’.') })
    .meta({ examples: [{ reason: 'Request of the tenant’s insolvency administrator of 2026-11-20' }] }),
) {}

export class ListAuditExportsQuery extends createZodDto(z.strictObject(pageQuery)) {}

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const auditExport = z
  .object({
    id: z.string().meta({ examples: ['axp_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    status: z.enum(['queued', 'running', 'succeeded', 'failed', 'expired']),
    format,
    filter: z.object(auditFilter),
    progress: z.object({
      done: z.number().int().describe('Records read so far'),
      total: z.number().int().nullable().describe('`null` until it has begun'),
      matched: z.number().int().describe('Of those read, how many the filter found'),
    }),
    bytes: z.number().int().nullable().describe('Of the archive'),
    failure: z
      .enum(['chain_broken', 'given_up', 'tenant_erased'])
      .nullable()
      .describe(
        '`chain_broken`: the records do not follow from one another, and nothing was signed. `tenant_erased`: it was erased while the export was made',
      ),
    created_at: time,
    finished_at: maybeTime('When it ended, either way.'),
    expires_at: maybeTime('Until when it can be fetched.'),
    download: textOrNull('Where the archive is fetched once it is there.'),
  })
  .meta({ id: 'AuditExport' });

export class AuditExportResponse extends createZodDto(topLevel(auditExport)) {}
export class AuditExportListResponse extends createZodDto(
  z.object({ data: z.array(auditExport), next_cursor: nextCursor }),
) {}
