import { ALERT_RULES, LEAST_REPEAT_SECONDS, SEVERITIES } from '@hub/alerts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { publicId } from '../../../http/fields';
import { atLeastOneMember } from '../../connections/dto/fields';

export const ruleId = z.enum(ALERT_RULES.map(({ id }) => id) as [string, ...string[]]);

const DEFAULT = ' `null`: the hub’s default.';

export class UpdateAlertRuleRequest extends createZodDto(
  z
    .strictObject({
      enabled: z.boolean().describe(`Whether the rule is looked at.${DEFAULT}`).nullable().optional(),
      threshold: z.number().describe(`In the rule’s unit; see its bounds.${DEFAULT}`).nullable().optional(),
      least_volume: z
        .int()
        .min(1)
        .max(1_000_000_000)
        .nullable()
        .optional()
        .describe(`Fewer events or calls than this tell nothing.${DEFAULT}`),
      for_seconds: z
        .int()
        .min(0)
        .max(604_800)
        .nullable()
        .optional()
        .describe(`How long it must be so before the alert opens.${DEFAULT}`),
      repeat_seconds: z
        .int()
        .min(0)
        .max(2_592_000)
        .refine((seconds) => seconds === 0 || seconds >= LEAST_REPEAT_SECONDS, {
          error: `0 for no reminders, or at least ${LEAST_REPEAT_SECONDS}.`,
        })
        .nullable()
        .optional()
        .describe(
          `Between two reminders while nobody has acknowledged it: at least ${LEAST_REPEAT_SECONDS}, or 0 for none.${DEFAULT}`,
        ),
      severity: z.enum(SEVERITIES).nullable().optional().describe(`How urgent it is.${DEFAULT}`),
      channel_ids: z
        .array(publicId('alertChannel'))
        .max(100)
        .nullable()
        .optional()
        .describe('Channels that are told; none for an empty list. `null`: every channel.'),
    })
    .refine(...atLeastOneMember),
) {}
