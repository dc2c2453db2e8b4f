import { type MappingTemplate, type OperationManifest, type PullObjectManifest } from '@hub/connector-sdk';
import { type CatalogueEntry } from './connectors.service';
import {
  type ConnectorResponse,
  type MappingTemplateResponse,
  type OperationResponse,
  type PullObjectResponse,
} from './dto/connector.response';

export function toConnectorResponse({ connector, signIn }: CatalogueEntry): ConnectorResponse {
  const { manifest } = connector;
  const { limits } = manifest;
  return {
    id: manifest.id,
    name: manifest.name,
    description: manifest.description,
    documentation_url: manifest.documentationUrl,
    auth_kinds: [...manifest.authKinds],
    config_schema: manifest.configSchema,
    credentials_schema: manifest.credentialsSchema,
    operations: manifest.operations.map(toOperation),
    pull: (manifest.pull ?? []).map(toPullObject),
    mapping_templates: (connector.mappingTemplates ?? []).map(toMappingTemplate),
    sign_in:
      signIn === null
        ? null
        : {
            available: signIn.environments.length > 0 && signIn.redirectUri !== null,
            environments: [...signIn.environments],
            redirect_uri: signIn.redirectUri,
          },
    limits: {
      default_concurrency: limits.defaultConcurrency,
      max_concurrency: limits.maxConcurrency,
      timeout_ms: limits.timeoutMs,
    },
    capabilities: { describe: manifest.capabilities.describe, refresh: manifest.capabilities.refresh },
  };
}

function toOperation(operation: OperationManifest): OperationResponse {
  return {
    id: operation.id,
    title: operation.title,
    description: operation.description,
    batch_size: operation.batchSize,
    idempotency: operation.idempotency,
    input_schema: operation.inputSchema ?? null,
  };
}

function toPullObject(object: PullObjectManifest): PullObjectResponse {
  return {
    name: object.name,
    title: object.title,
    description: object.description,
    canonical_type: object.canonicalType,
    reports_deletions: object.reportsDeletions,
    min_interval_seconds: object.minIntervalSeconds,
    default_interval_seconds: object.defaultIntervalSeconds,
  };
}

function toMappingTemplate(template: MappingTemplate): MappingTemplateResponse {
  return {
    id: template.id,
    version: template.version,
    title: template.title,
    description: template.description,
    direction: template.direction,
    canonical_type: template.canonicalType,
    object: template.object ?? null,
    operation: template.operation ?? null,
  };
}
