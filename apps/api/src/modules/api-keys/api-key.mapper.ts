import { toPublicId } from '@hub/platform';
import { type ApiKeyRow } from '@hub/tenancy';
import { type ShownApiKey } from './api-keys.service';
import { type ApiKeyResponse, type CreatedApiKeyResponse } from './dto/api-key.response';

export function toApiKeyResponse(row: ApiKeyRow): ApiKeyResponse {
  return {
    id: toPublicId('apiKey', row.id),
    prefix: `hub_${row.environment}_${row.prefix}`,
    name: row.name,
    environment: row.environment,
    scopes: [...row.scopes],
    expires_at: row.expires_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    replaces: row.replaces === null ? null : toPublicId('apiKey', row.replaces),
    created_at: row.created_at.toISOString(),
  };
}

export function toCreatedApiKeyResponse({ row, key }: ShownApiKey): CreatedApiKeyResponse {
  return { ...toApiKeyResponse(row), key };
}
