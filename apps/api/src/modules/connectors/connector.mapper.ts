import { type ConnectorManifest, type OperationManifest } from '@hub/connector-sdk';
import { type ConnectorResponse, type OperationResponse } from './dto/connector.response';

export function toConnectorResponse(manifest: ConnectorManifest): ConnectorResponse {
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
