import { CONNECTION_STATUSES } from '@hub/connections';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../../../http/pagination';
import { plainText } from '../../../http/fields';
import { atLeastOneMember, displayName, flagQuery, jsonObject } from './fields';

const config = jsonObject.describe("After the connector's `config_schema`");
const credentials = jsonObject.describe("Write-only, after the connector's `credentials_schema`");

export class CreateConnectionRequest extends createZodDto(
  z
    .strictObject({
      name: displayName,
      connector: z.string().min(1).max(100),
      config,
      credentials: credentials.optional(),
    })
    .meta({
      examples: [{ name: 'Orders webhook', connector: 'http', config: { url: 'https://example.com/hooks/orders' } }],
    }),
) {}

export class UpdateConnectionRequest extends createZodDto(
  z
    .strictObject({
      name: displayName.optional(),
      config: config.optional(),
      credentials: credentials
        .nullable()
        .optional()
        .describe(
          "Write-only, whole, after the connector's `credentials_schema`. Needed when an address in the config comes to name another host: " +
            'what is stored is sent to no other (422 `credentials_required`). `null` forgets what is stored: the connection waits until somebody signs in (to the same account as before) or sets new ones.',
        ),
    })
    .refine(...atLeastOneMember),
) {}

export class SetCredentialsRequest extends createZodDto(
  jsonObject
    .describe("The new credentials, whole, after the connector's `credentials_schema`")
    .meta({ examples: [{ token: 'secret' }] }),
) {}

export class AuthorizeConnectionRequest extends createZodDto(
  z
    .strictObject({
      return_url: z
        .string()
        .min(1)
        .max(2_000)
        .optional()
        .describe(
          'Page of this hub to come back to, with `sign_in`, `connection_id` and `code` added to its query. Without it the hub shows a page of its own.',
        ),
    })
    .meta({ examples: [{}] }),
) {}

/** Of the looks at what a vendor offers. */
export class DescribeQuery extends createZodDto(
  z.strictObject({
    refresh: flagQuery.default(false).describe('Ask the vendor even when an answer of the last hour is kept'),
  }),
) {}

export class ListSchemaChangesQuery extends createZodDto(z.strictObject({ ...pageQuery })) {}

export class ListConnectionsQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    status: z.enum(CONNECTION_STATUSES).optional(),
    connector: plainText(100).optional(),
  }),
) {}
