import { ALERT_STATUSES, SEVERITIES } from '@hub/alerts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { plainText, publicId, timestamp } from '../../../http/fields';
import { pageQuery } from '../../../http/pagination';
import { ruleId } from './alert-rule.request';

export class ListAlertsQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    status: z.enum(ALERT_STATUSES).optional(),
    rule: ruleId.optional(),
    severity: z.enum(SEVERITIES).optional(),
    connection_id: publicId('connection').optional(),
  }),
) {}

export class AcknowledgeAlertRequest extends createZodDto(
  z.strictObject({
    note: plainText(1_000)
      .optional()
      .describe('For whoever looks at the alert next.')
      .meta({ examples: ['The vendor is down; ticket 4711.'] }),
  }),
) {}

export class MuteAlertRequest extends createZodDto(
  z.strictObject({
    until: timestamp.describe(
      'No message about this rule and subject before then, also when it recovers and begins anew. At most 30 days ahead.',
    ),
  }),
) {}
