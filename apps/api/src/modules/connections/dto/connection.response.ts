import { AUTH_STATES, CONNECTION_STATUSES, SCHEMA_CHANGES } from '@hub/connections';
import { ERROR_CATEGORIES } from '@hub/connector-sdk';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const object = z.record(z.string(), z.unknown());
const status = z
  .enum(CONNECTION_STATUSES)
  .describe('`needs_reauth`: deliveries wait for new credentials; `disabled`: by the operator of the hub');

const authState = z
  .enum(AUTH_STATES)
  .describe(
    'How it stands with its vendor. `expiring`: the sign-in ends within 14 days, or refreshing it keeps failing; `not_connected`: nobody has signed in yet',
  );
const authAdvice = textOrNull('What to know and do about `auth_state`, in words; `null` when there is nothing to do');

const connection = z
  .object({
    id: z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    name: z.string(),
    connector: z.string().meta({ examples: ['http'] }),
    config: object,
    status,
    status_reason: textOrNull(
      'Stable and snake_case: `credentials_missing`, `paused_by_user`, or what the vendor said.',
    ),
    has_credentials: z.boolean().describe('Credentials are write-only: they are never shown'),
    auth_state: authState,
    auth_advice: authAdvice,
    account: z
      .object({ id: z.string(), name: z.string() })
      .describe('The account at the vendor that a person has signed in to; it never changes')
      .nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Connection' });

/** For every answer that tells of a connection's limits. */
export const limits = z
  .array(
    z.object({
      limit: z.string().meta({ examples: ['daily_calls'] }),
      used: z.int(),
      max: z.int(),
      left: z.int(),
      resets_at: time.nullable(),
      observed_at: time,
    }),
  )
  .describe('What the vendor last said about the limits of the account');

const health = z
  .object({
    connection_id: z.string(),
    status,
    status_reason: textOrNull(
      'Stable and snake_case: `credentials_missing`, `paused_by_user`, or what the vendor said.',
    ),
    breaker: z.object({
      state: z.enum(['closed', 'open', 'half_open']),
      opened_at: time.nullable(),
      consecutive_failures: z.int(),
    }),
    resume_at: time
      .nullable()
      .describe('When deliveries go on, while a breaker or a limit of the vendor makes them wait'),
    resume_reason: z.enum(['breaker_open', 'rate_limited', 'misconfigured']).nullable(),
    recent_calls: z
      .object({
        from: time,
        calls: z.int().describe('A record that goes in a bulk call counts as one'),
        failed: z.int().describe('What a limit of the vendor put off is a call, and no failure'),
        error_rate: z.number().nullable().describe('`failed` of `calls`, from 0 to 1; `null` where nothing was called'),
      })
      .describe('Calls of the last 10 to 15 minutes; figures are some seconds old'),
    last_success_at: time.nullable(),
    last_failure_at: time.nullable(),
    last_error: z
      .object({
        category: z.string().meta({ examples: ['transient'] }),
        code: z.string().describe("The vendor's own code, or the hub's"),
        message: z.string(),
        http_status: z.int().nullable().describe('`null` where no answer of HTTP came'),
      })
      .nullable()
      .describe('Of the last call that failed'),
    auth_state: authState,
    auth_advice: authAdvice,
    token_expires_at: time
      .nullable()
      .describe('The hub refreshes before then by itself; a client certificate ends, and needs another one'),
    sign_in_expires_at: time
      .nullable()
      .describe('After this only signing in again helps; `null` where the vendor sets no end'),
    credentials_stored_at: time.nullable().describe('When credentials were last set, signed in for or refreshed'),
    refresh_failures: z.int().describe('Refreshes that failed in a row'),
    limits,
  })
  .meta({ id: 'ConnectionHealth' });

const test = z
  .object({
    ok: z.boolean(),
    account: z.string().optional().describe('Who the vendor says we are'),
    details: object.optional(),
    error: z.object({ category: z.enum(ERROR_CATEGORIES), code: z.string(), message: z.string() }).optional(),
    duration_ms: z.int(),
  })
  .meta({ id: 'ConnectionTest' });

const vendorObject = z
  .object({
    name: z.string(),
    label: z.string(),
    custom: z.boolean(),
    createable: z.boolean(),
    updateable: z.boolean(),
  })
  .meta({ id: 'VendorObject' });

const field = z
  .object({
    name: z.string(),
    label: z.string(),
    type: z.enum(['string', 'number', 'integer', 'boolean', 'date', 'datetime', 'reference', 'picklist', 'object']),
    vendor_type: z.string(),
    required_on_create: z.boolean(),
    writable: z.boolean(),
    external_id: z.boolean(),
    max_length: z.int().nullable(),
    values: z.array(z.string()).nullable(),
  })
  .meta({ id: 'VendorField' });

const schemaChange = z
  .object({
    object: textOrNull('`null` where the list of objects changed'),
    changes: z.array(
      z.object({
        kind: z.enum(SCHEMA_CHANGES),
        name: z.string().describe('Of the field, or of the object where the list of objects changed'),
        before: z.unknown().describe('For `values_changed`: the values that are gone'),
        after: z.unknown().describe('For `values_changed`: the new values'),
      }),
    ),
    previous_at: time.describe('When it was last seen as before'),
    detected_at: time,
  })
  .meta({ id: 'SchemaChange' });

const describedAt = time.describe('When the vendor was asked; at most an hour ago');

export type SchemaChangeResponse = z.output<typeof schemaChange>;
export type ObjectResponse = z.output<typeof vendorObject>;
export type FieldResponse = z.output<typeof field>;
export class ConnectionResponse extends createZodDto(topLevel(connection)) {}
export class ConnectionListResponse extends createZodDto(
  z.object({ data: z.array(connection), next_cursor: nextCursor }),
) {}
export class ConnectionHealthResponse extends createZodDto(topLevel(health)) {}
export class ConnectionTestResponse extends createZodDto(topLevel(test)) {}
export class ObjectListResponse extends createZodDto(
  z.object({ data: z.array(vendorObject), described_at: describedAt }),
) {}
export class FieldListResponse extends createZodDto(z.object({ data: z.array(field), described_at: describedAt })) {}
export class AuthorizationResponse extends createZodDto(
  z.object({
    authorize_url: z
      .string()
      .describe(
        'Good for one sign-in, in one browser. For a signed-in person the vendor’s page; for an API key a page of the hub that names company and connection, and asks before it leads on.',
      ),
    expires_at: time,
  }),
) {}
export class SchemaChangeListResponse extends createZodDto(
  z.object({ data: z.array(schemaChange), next_cursor: nextCursor }),
) {}
