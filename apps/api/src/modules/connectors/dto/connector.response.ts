import { AUTH_KINDS } from '@hub/connector-sdk';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { topLevel } from '../../../http/openapi';

const jsonSchema = z.record(z.string(), z.unknown()).describe('JSON Schema, draft 2020-12');

const operation = z
  .object({
    id: z.string().meta({
      description: '`<object>.<verb>`; `*` stands for any object of the vendor',
      examples: ['account.upsert'],
    }),
    title: z.string(),
    description: z.string(),
    batch_size: z.int().describe('Most records in one call to the vendor'),
    idempotency: z
      .enum(['external_id', 'request_key', 'receiver'])
      .describe('How a repeat is made harmless at the vendor'),
    input_schema: jsonSchema.nullable().describe('Of the mapped payload, where the connector can say'),
  })
  .meta({ id: 'ConnectorOperation' });

const connector = z
  .object({
    id: z.string().meta({ examples: ['http'] }),
    name: z.string(),
    description: z.string(),
    documentation_url: z.string(),
    auth_kinds: z.array(z.enum(AUTH_KINDS)),
    config_schema: jsonSchema,
    credentials_schema: jsonSchema,
    operations: z.array(operation),
    limits: z.object({
      default_concurrency: z.int(),
      max_concurrency: z.int(),
      timeout_ms: z.int(),
    }),
    capabilities: z.object({ describe: z.boolean(), refresh: z.boolean() }),
  })
  .meta({ id: 'Connector' });

export type OperationResponse = z.output<typeof operation>;
export class ConnectorResponse extends createZodDto(topLevel(connector)) {}
export class ConnectorListResponse extends createZodDto(z.object({ data: z.array(connector) })) {}
