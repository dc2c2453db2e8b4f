import { type ObjectRow, type RestoreRow } from '@hub/archive';
import { toPublicId } from '@hub/platform';
import { type ArchiveObjectListResponse, type RestoreResponse } from './dto/archive.response';

export function toObjectResponse(row: ObjectRow): ArchiveObjectListResponse['data'][number] {
  return {
    id: toPublicId('archiveObject', row.id),
    kind: row.kind,
    day: row.day,
    key: row.object_key,
    rows: row.row_count,
    first_id: row.first_id,
    last_id: row.last_id,
    sha256: row.sha256.toString('hex'),
    bytes: row.bytes,
    bytes_stored: row.bytes_stored,
    created_at: row.created_at.toISOString(),
  };
}

export function toRestoreResponse(row: RestoreRow): RestoreResponse {
  const id = toPublicId('restore', row.id);
  const { selection } = row;
  const byTime = 'trackingIds' in selection ? null : selection;
  return {
    id,
    status: row.status,
    reason: row.reason,
    keep_days: row.keep_days,
    named: 'trackingIds' in selection ? selection.trackingIds.length : null,
    from: byTime?.from ?? null,
    to: byTime?.to ?? null,
    filter: byTime === null ? null : filterOf(byTime),
    requested_by: row.requested_by,
    progress: progressOf(row),
    matched: row.matched,
    restored: row.restored,
    already_there: row.already_there,
    missing: row.missing,
    error: row.error_code,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    links: { self: `/v1/archive/restores/${id}` },
  };
}

function filterOf(selection: Exclude<RestoreRow['selection'], { trackingIds: unknown }>): Record<string, string> {
  const { type, source, subject, status } = selection;
  const members = Object.entries({ type, source, subject, status });
  return Object.fromEntries(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function progressOf(row: RestoreRow): number {
  if (row.status === 'completed') return 1;
  if (row.objects_total === null || row.objects_total === 0) return 0;
  return Math.min(1, Math.round((row.objects_done / row.objects_total) * 1_000) / 1_000);
}
