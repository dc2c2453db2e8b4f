import { type ConnectionHealthRow, type ConnectionRow } from '@hub/connections';
import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { toPublicId } from '@hub/platform';
import { type ConnectionTest } from './connection-explorer.service';
import {
  type ConnectionHealthResponse,
  type ConnectionResponse,
  type ConnectionTestResponse,
  type FieldResponse,
  type ObjectResponse,
} from './dto/connection.response';

export function toConnectionResponse(row: ConnectionRow): ConnectionResponse {
  return {
    id: toPublicId('connection', row.id),
    name: row.name,
    connector: row.connector_id,
    config: row.config,
    status: row.status,
    status_reason: row.status_reason,
    has_credentials: row.has_credentials,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toHealthResponse(row: ConnectionHealthRow): ConnectionHealthResponse {
  return {
    connection_id: toPublicId('connection', row.id),
    status: row.status,
    status_reason: row.status_reason,
    breaker: {
      state: row.breaker_state,
      opened_at: row.breaker_opened_at?.toISOString() ?? null,
      consecutive_failures: row.consecutive_failures,
    },
    resume_at: row.resume_at?.toISOString() ?? null,
    resume_reason: row.resume_reason,
    last_success_at: row.last_success_at?.toISOString() ?? null,
    last_failure_at: row.last_failure_at?.toISOString() ?? null,
    last_error: row.last_error,
  };
}

export function toTestResponse({ outcome, durationMs }: ConnectionTest): ConnectionTestResponse {
  if (outcome.ok) {
    const { account, details } = outcome.value;
    return { ok: true, account, details, duration_ms: durationMs };
  }
  const { category, code, message } = outcome.error;
  return { ok: false, error: { category, code, message }, duration_ms: durationMs };
}

export function toObjectResponse(object: ObjectSummary): ObjectResponse {
  const { name, label, custom, createable, updateable } = object;
  return { name, label, custom, createable, updateable };
}

export function toFieldResponse(field: FieldSummary): FieldResponse {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    vendor_type: field.vendorType,
    required_on_create: field.requiredOnCreate,
    writable: field.writable,
    external_id: field.externalId,
    max_length: field.maxLength,
    values: field.values === null ? null : [...field.values],
  };
}
