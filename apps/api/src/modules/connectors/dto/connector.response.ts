import { AUTH_KINDS } from '@hub/connector-sdk';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull } from '../../../http/fields';
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

const canonicalType = textOrNull('Type of the hub’s own model, such as `customer`');

const pullObject = z
  .object({
    name: z.string().meta({ examples: ['Account'] }),
    title: z.string(),
    description: z.string(),
    canonical_type: canonicalType,
    reports_deletions: z.boolean().describe('Whether deletions are seen when only changes are pulled'),
    min_interval_seconds: z.number().describe('Shortest time between two runs that the vendor bears'),
    default_interval_seconds: z.number(),
  })
  .meta({ id: 'ConnectorPullObject' });

const mappingTemplate = z
  .object({
    id: z.string().meta({ examples: ['salesforce.account.inbound'] }),
    version: z.int(),
    title: z.string(),
    description: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    canonical_type: z.string(),
    object: textOrNull('Of an inbound template: the vendor’s object'),
    operation: textOrNull('Of an outbound template: the operation that its payload is for'),
  })
  .meta({ id: 'MappingTemplate' });

const signIn = z
  .object({
    available: z.boolean().describe('Whether the operator has registered this hub at the vendor'),
    environments: z.array(z.string()).describe('In which of the vendor’s environments it is registered'),
    redirect_uri: textOrNull('To copy into the registration at the vendor, exactly as it is'),
  })
  .meta({ id: 'ConnectorSignIn' });

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
    pull: z.array(pullObject).describe('Objects whose changes can be pulled'),
    mapping_templates: z.array(mappingTemplate).describe('Ready-made mappings that come with it'),
    sign_in: signIn.nullable().describe('`null` for a connector without pages to sign in on'),
    limits: z.object({
      default_concurrency: z.int(),
      max_concurrency: z.int(),
      timeout_ms: z.int(),
    }),
    capabilities: z.object({ describe: z.boolean(), refresh: z.boolean() }),
  })
  .meta({ id: 'Connector' });

export type PullObjectResponse = z.output<typeof pullObject>;
export type MappingTemplateResponse = z.output<typeof mappingTemplate>;
export type OperationResponse = z.output<typeof operation>;
export class ConnectorResponse extends createZodDto(topLevel(connector)) {}
export class ConnectorListResponse extends createZodDto(z.object({ data: z.array(connector) })) {}
