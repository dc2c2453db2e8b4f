import { ALERT_STATUSES, NOTIFICATION_KINDS, NOTIFICATION_STATUSES, RESOLUTIONS, SEVERITIES } from '@hub/alerts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const alertFields = {
  id: z.string().meta({ examples: ['alr_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  rule: z.string().meta({ examples: ['dead_letters'] }),
  rule_title: z.string().meta({ examples: ['Dead letters'] }),
  status: z
    .enum(ALERT_STATUSES)
    .describe(
      '`acknowledged`: somebody has seen it, and it is not told again unless it becomes worse: then it is `open` again. It resolves by itself.',
    ),
  severity: z.enum(SEVERITIES),
  title: z.string().meta({ examples: ['412 dead letters on QuickBooks'] }),
  advice: z.string().describe('What to do.'),
  connection: z.object({ id: z.string(), name: z.string() }).nullable(),
  value: z.number().describe('What was compared with the threshold.').nullable(),
  value_unit: z
    .enum(['count', 'seconds', 'percent', 'factor', 'days', 'hours'])
    .nullable()
    .describe('`null`: the rule has no threshold.'),
  causes: z
    .array(
      z.object({
        what: z.string().meta({ examples: ['duplicate 6240'] }),
        count: z.int().nullable(),
        since: maybeTime('When it began.'),
      }),
    )
    .describe('Most important first.'),
  since: maybeTime('Since when it has been so.'),
  opened_at: maybeTime('When it had been so for as long as the rule asks.'),
  acknowledged_at: maybeTime('When somebody last said to have seen it; it may have become worse since.'),
  acknowledged_by: textOrNull('Public id of who did.'),
  note: textOrNull('As left by who acknowledged it.'),
  muted_until: maybeTime('No messages before then.'),
  told_at: maybeTime('When it was first told to channels.'),
  last_told_at: maybeTime('When it was last told.'),
  resolved_at: maybeTime('When it was over.'),
  resolution: z
    .enum(RESOLUTIONS)
    .describe('`aged_out`: nobody has mended it; its dead letters have left the database for the archive.')
    .nullable(),
};
const alert = z.object(alertFields).meta({ id: 'Alert' });

const notification = z
  .object({
    id: z.string().meta({ examples: ['aln_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    alert_id: textOrNull('`null` for a test.'),
    channel: z.object({ id: z.string(), name: z.string(), kind: z.string() }),
    kind: z.enum(NOTIFICATION_KINDS),
    status: z.enum(NOTIFICATION_STATUSES).describe('`discarded`: not sent, see `error`.'),
    attempts: z.int(),
    next_attempt_at: maybeTime('Of one that waits.'),
    http_status: z.int().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    grouped_with: z
      .int()
      .describe(
        'How many other notices of the log are one message with it: by `email` and `slack`, three and more of one rule and kind are. 0: it goes alone.',
      ),
    created_at: time,
    sent_at: maybeTime('When the channel took it.'),
  })
  .meta({ id: 'AlertNotification' });

export class AlertResponse extends createZodDto(
  z.object({
    ...alertFields,
    notifications: z.array(notification).describe('What was sent of it, oldest first.'),
  }),
) {}
export class AlertListResponse extends createZodDto(z.object({ data: z.array(alert), next_cursor: nextCursor })) {}
export class AlertNotificationListResponse extends createZodDto(
  z.object({ data: z.array(notification), next_cursor: nextCursor }),
) {}

const settingsShape = {
  enabled: z.boolean(),
  threshold: z.number().nullable(),
  least_volume: z.int().nullable(),
  for_seconds: z.int(),
  repeat_seconds: z.int(),
  severity: z.enum(SEVERITIES),
};
const rule = z
  .object({
    id: z.string().meta({ examples: ['dead_letters'] }),
    title: z.string(),
    description: z.string(),
    advice: z.string(),
    threshold_bounds: z
      .object({
        unit: z.enum(['count', 'seconds', 'percent', 'factor', 'days', 'hours']),
        least: z.number(),
        most: z.number(),
        meaning: z.string().describe('The alert opens when …'),
      })
      .nullable()
      .describe('`null`: the rule has no threshold.'),
    defaults: z.object(settingsShape),
    ...settingsShape,
    channel_ids: z.array(z.string()).nullable().describe('`null`: every channel.'),
    customized: z.array(z.string()).describe('Members that are not the hub’s default.'),
  })
  .meta({ id: 'AlertRule' });
export class AlertRuleResponse extends createZodDto(topLevel(rule)) {}
export class AlertRuleListResponse extends createZodDto(z.object({ data: z.array(rule) })) {}

const channelFields = {
  id: z.string().meta({ examples: ['ach_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  name: z.string(),
  kind: z.string().meta({ examples: ['slack'] }),
  recipients: z.array(z.string()).describe('Of `email`.'),
  host: textOrNull('Of the address that is posted to; the rest of it is never shown.'),
  least_severity: z.enum(SEVERITIES),
  enabled: z.boolean(),
  last_sent_at: maybeTime('When a message last arrived.'),
  last_failure_at: maybeTime('When a message last did not.'),
  last_error: z.object({ code: z.string(), message: z.string() }).nullable().describe('Of the last message.'),
  created_at: time,
  updated_at: time,
};
const channel = z.object(channelFields).meta({ id: 'AlertChannel' });
export class AlertChannelResponse extends createZodDto(topLevel(channel)) {}
export class CreatedAlertChannelResponse extends createZodDto(
  z.object({
    ...channelFields,
    secret: textOrNull('Of a `webhook` for which the hub has made one: shown this once. Else `null`.'),
  }),
) {}
export class AlertChannelListResponse extends createZodDto(
  z.object({ data: z.array(channel), next_cursor: nextCursor }),
) {}
export class AlertChannelTestResponse extends createZodDto(
  z.object({
    sent: z.boolean(),
    http_status: z.int().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  }),
) {}
