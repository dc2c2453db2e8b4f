import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DISABLED_REASONS } from '@hub/webhooks';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const health = z.object({
  failing_since: maybeTime('Of the first failure since the last success.'),
  last_success_at: maybeTime('`null`: never.'),
  last_failure_at: maybeTime('`null`: never.'),
  last_error: z.object({ category: z.string(), code: z.string(), message: z.string() }).nullable(),
  resume_at: maybeTime('When sending goes on: after failures in a row it is tried again with one notice at a time.'),
});

const endpoint = z
  .object({
    id: z.string().meta({ examples: ['whe_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    url: z.string(),
    description: z.string(),
    event_types: z.array(z.string()),
    connection_ids: z.array(z.string()).nullable(),
    header_names: z.array(z.string()).describe('Of the headers that are sent with every notice.'),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(DISABLED_REASONS)
      .nullable()
      .describe(
        '`user`: switched off by a person. `failing`: every attempt failed for days. `gone`: the receiver answered 410.',
      ),
    disabled_at: maybeTime('`null` while it is enabled.'),
    needs_attention: z.boolean().describe('The hub has switched it off: mend the receiver, then enable it again.'),
    previous_secret_until: maybeTime('Until then the previous secret signs too.'),
    health,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'WebhookEndpoint' });

const secret = z
  .string()
  .describe('For the libraries of standardwebhooks.com.')
  .meta({ examples: ['whsec_…'] });

export class WebhookEndpointResponse extends createZodDto(topLevel(endpoint)) {}
export class WebhookEndpointListResponse extends createZodDto(
  z.object({ data: z.array(endpoint), next_cursor: nextCursor }),
) {}
/** `null` when the request was repeated under its Idempotency-Key: secrets are not kept for that. */
const shownSecret = secret.nullable();
export class CreatedWebhookEndpointResponse extends createZodDto(endpoint.extend({ secret: shownSecret })) {}
export class WebhookSecretResponse extends createZodDto(
  z.object({
    secret: shownSecret,
    previous_secret: textOrNull('While it signs too.'),
    previous_secret_until: maybeTime('When it ends.'),
  }),
) {}

export class WebhookTestResponse extends createZodDto(
  z.object({
    delivered: z.boolean(),
    webhook_id: z.string(),
    event_type: z.string(),
    duration_ms: z.int().nullable().describe('`null` when nothing was sent.'),
    http_status: z.int().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    response_body: textOrNull('An excerpt.'),
  }),
) {}

const jsonSchema = z.record(z.string(), z.unknown());
export class WebhookEventTypesResponse extends createZodDto(
  z.object({
    data: z.array(
      z
        .object({
          type: z.string().meta({ examples: ['delivery.dead'] }),
          summary: z.string(),
          schema: jsonSchema.describe('JSON Schema (draft 2020-12) of the body.'),
          example: jsonSchema.describe('A body.'),
        })
        .meta({ id: 'WebhookEventType' }),
    ),
  }),
) {}
