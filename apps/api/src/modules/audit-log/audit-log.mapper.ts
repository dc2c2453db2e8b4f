import { viewOf, type AuditFilter, type AuditRow } from '@hub/audit';
import { type AuditSettings, type NewestCheckpoint } from './audit-log.service';
import {
  type AuditCheckpointResponse,
  type AuditRecordResponse,
  type AuditSettingsResponse,
  type ListAuditLogQuery,
} from './dto/audit-log.dto';

export function toAuditFilter({
  request_id: requestId,
  action,
  actor,
  target,
  outcome,
  from,
  to,
  q,
}: Omit<ListAuditLogQuery, 'limit' | 'cursor'>): AuditFilter {
  return { action, actor, target, outcome, requestId, from, to, q };
}

export const toAuditRecordResponse =
  (chain: string) =>
  (row: AuditRow): AuditRecordResponse =>
    viewOf(chain, row);

export function toCheckpointResponse({ note, keys }: NewestCheckpoint): AuditCheckpointResponse {
  return { note, keys: [...keys] };
}

export function toSettingsResponse({ retentionDays, minDays, maxDays }: AuditSettings): AuditSettingsResponse {
  return { retention_days: retentionDays, min_retention_days: minDays, max_retention_days: maxDays };
}
