import { CONNECTION_STATUSES } from '@hub/connections';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../../../http/pagination';
import { atLeastOneMember, displayName, jsonObject } from './fields';

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
  z.strictObject({ name: displayName.optional(), config: config.optional() }).refine(...atLeastOneMember),
) {}

export class SetCredentialsRequest extends createZodDto(
  jsonObject
    .describe("The new credentials, whole, after the connector's `credentials_schema`")
    .meta({ examples: [{ token: 'secret' }] }),
) {}

export class ListConnectionsQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    status: z.enum(CONNECTION_STATUSES).optional(),
    connector: z.string().min(1).max(100).optional(),
  }),
) {}
