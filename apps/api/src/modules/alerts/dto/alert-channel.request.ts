import { CHANNEL_KINDS, SEVERITIES } from '@hub/alerts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, displayName } from '../../connections/dto/fields';

const recipients = z
  .array(z.email().max(254))
  .min(1)
  .max(20)
  .describe('Of `email`.')
  .meta({ examples: [['ops@example.com']] });
const url = z
  .string()
  .min(1)
  .max(2_000)
  .describe(
    'Of `slack` and `webhook`, and of `pagerduty` where it is not the usual one. Write-only: it lets its holder post.',
  )
  .meta({ examples: ['https://hooks.slack.com/services/T000/B000/XXXX'] });
const routingKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'Printable characters without spaces')
  .describe('Of `pagerduty`: the integration key of Events API v2. Write-only.');
const secret = z
  .string()
  .max(200)
  .describe(
    'Of `webhook`: signs after Standard Webhooks, `whsec_` and base64. Absent: the hub makes one and shows it once.',
  );
const leastSeverity = z.enum(SEVERITIES).describe('Alerts below it are not sent here.');
const enabled = z.boolean().describe('Nothing is sent to a channel that is off.');

export class CreateAlertChannelRequest extends createZodDto(
  z.strictObject({
    name: displayName,
    kind: z.enum(CHANNEL_KINDS),
    recipients: recipients.optional(),
    url: url.optional(),
    routing_key: routingKey.optional(),
    secret: secret.optional(),
    least_severity: leastSeverity.default('info'),
    enabled: enabled.default(true),
  }),
) {}

export class UpdateAlertChannelRequest extends createZodDto(
  z
    .strictObject({
      name: displayName.optional(),
      recipients: recipients.optional(),
      url: url.optional(),
      routing_key: routingKey.optional(),
      secret: secret.optional(),
      least_severity: leastSeverity.optional(),
      enabled: enabled.optional(),
    })
    .refine(...atLeastOneMember),
) {}

export class ListAlertChannelsQuery extends createZodDto(z.strictObject({ ...pageQuery })) {}
