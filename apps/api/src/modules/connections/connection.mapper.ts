import { authSummary, type ConnectionLimitRow, type ConnectionRow, type SchemaChangeRow } from '@hub/connections';
import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { toPublicId, type JsonObject } from '@hub/platform';
import { type ConnectionTest } from './connection-explorer.service';
import { type ConnectionHealth } from './connections.service';
import {
  type ConnectionHealthResponse,
  type ConnectionResponse,
  type ConnectionTestResponse,
  type FieldResponse,
  type ObjectResponse,
  type SchemaChangeResponse,
} from './dto/connection.response';

export function toConnectionResponse(row: ConnectionRow): ConnectionResponse {
  const auth = authSummary(row);
  return {
    id: toPublicId('connection', row.id),
    name: row.name,
    connector: row.connector_id,
    config: row.config,
    status: row.status,
    status_reason: row.status_reason,
    has_credentials: row.has_credentials,
    auth_state: auth.state,
    auth_advice: auth.advice,
    account: row.account_id === null ? null : { id: row.account_id, name: row.account_name ?? row.account_id },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toHealthResponse({ row, limits, recentCalls }: ConnectionHealth): ConnectionHealthResponse {
  const auth = authSummary(row);
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
    recent_calls: {
      from: recentCalls.from.toISOString(),
      calls: recentCalls.calls,
      failed: recentCalls.failed,
      error_rate:
        recentCalls.calls === 0 ? null : Math.round((recentCalls.failed / recentCalls.calls) * 10_000) / 10_000,
    },
    last_success_at: row.last_success_at?.toISOString() ?? null,
    last_failure_at: row.last_failure_at?.toISOString() ?? null,
    last_error: row.last_error === null ? null : toLastError(row.last_error),
    auth_state: auth.state,
    auth_advice: auth.advice,
    token_expires_at: row.token_expires_at?.toISOString() ?? null,
    sign_in_expires_at: row.refresh_expires_at?.toISOString() ?? null,
    credentials_stored_at: row.credentials_stored_at?.toISOString() ?? null,
    refresh_failures: row.refresh_failures,
    limits: limits.map(toLimitResponse),
  };
}

/** As a drain has left it. */
function toLastError(stored: JsonObject): ConnectionHealthResponse['last_error'] {
  const { category, code, message, httpStatus } = stored;
  const words = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    category: words(category),
    code: words(code),
    message: words(message),
    http_status: typeof httpStatus === 'number' ? httpStatus : null,
  };
}

export function toLimitResponse(limit: ConnectionLimitRow): ConnectionHealthResponse['limits'][number] {
  return {
    limit: limit.limit_name,
    used: limit.used,
    max: limit.max,
    left: Math.max(0, limit.max - limit.used),
    resets_at: limit.resets_at?.toISOString() ?? null,
    observed_at: limit.observed_at.toISOString(),
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

export function toSchemaChangeResponse(row: SchemaChangeRow): SchemaChangeResponse {
  return {
    object: row.object === '' ? null : row.object,
    changes: row.changes.map(({ kind, name, before, after }) => ({ kind, name, before, after })),
    previous_at: row.previous_at.toISOString(),
    detected_at: row.detected_at.toISOString(),
  };
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
