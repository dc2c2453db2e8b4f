import { fromPublicId, toPublicId } from '@hub/platform';
import {
  freshnessOf,
  type RunRequest,
  type SyncChange,
  type SyncFilter,
  type SyncRow,
  type SyncRunRow,
} from '@hub/sync';
import { type ListSyncsQuery, type UpdateSyncRequest } from './dto/sync.request';
import { type SyncResponse, type SyncRunResponse } from './dto/sync.response';

/** Stands for an id that cannot be one, so that it is answered like any other that points at nothing. */
const NO_SUCH_ID = '00000000-0000-0000-0000-000000000000';

export function uuidOf(kind: 'connection' | 'mapping', id: string): string {
  return fromPublicId(kind, id) ?? NO_SUCH_ID;
}

/** What the caller did not name stays undefined, which the repository leaves as it is. */
export function toSyncChange(request: UpdateSyncRequest): SyncChange {
  const { mapping_id: mappingId } = request;
  return {
    name: request.name,
    mappingId: mappingId == null ? mappingId : uuidOf('mapping', mappingId),
    intervalSeconds: request.interval_seconds,
    dailyWindow: request.daily_window,
    freshnessSeconds: request.freshness_seconds,
    fullEveryHours: request.full_every_hours,
  };
}

/** The query's id is a UUID already. */
export function toSyncFilter({ connection_id, object, status }: ListSyncsQuery): SyncFilter {
  return { connectionId: connection_id, object, status };
}

export function toRunRequest(mode: 'changes' | 'full', from: Date | null, allowDeletions: boolean): RunRequest {
  if (mode === 'full') return { kind: 'full', allowDeletions };
  return from === null ? { kind: 'manual' } : { kind: 'backfill', from };
}

export function toSyncResponse(row: SyncRow): SyncResponse {
  const { state, ageSeconds, allowedSeconds } = freshnessOf(
    {
      intervalSeconds: row.interval_seconds,
      dailyWindow: row.daily_window,
      freshnessSeconds: row.freshness_seconds,
      lastSuccessAt: row.last_success_at,
    },
    row.read_at,
  );
  return {
    id: toPublicId('sync', row.id),
    name: row.name,
    connection_id: toPublicId('connection', row.connection_id),
    object: row.object,
    mapping_id: row.mapping_id === null ? null : toPublicId('mapping', row.mapping_id),
    status: row.status,
    interval_seconds: row.interval_seconds,
    daily_window: row.daily_window,
    freshness_seconds: row.freshness_seconds,
    freshness: { state, age_seconds: ageSeconds, allowed_seconds: allowedSeconds },
    full_every_hours: row.full_every_hours,
    next_full_at: row.status === 'paused' ? null : timeOf(row.next_full_at),
    start_from: timeOf(row.start_from),
    next_run_at: row.status === 'paused' ? null : timeOf(row.next_run_at),
    last_run_at: timeOf(row.last_run_at),
    last_success_at: timeOf(row.last_success_at),
    failures: row.failures,
    last_error: row.last_error,
    pending_notices: row.pending_notices,
    has_hook: row.has_hook,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toRunResponse(row: SyncRunRow): SyncRunResponse {
  const waits = row.ended_at === null && row.started_at !== null && row.next_attempt_at > row.read_at;
  return {
    id: toPublicId('syncRun', row.id),
    sync_id: toPublicId('sync', row.sync_id),
    kind: row.kind,
    status: row.status,
    phase: row.phase,
    from: timeOf(row.from_at),
    created_at: row.created_at.toISOString(),
    started_at: timeOf(row.started_at),
    ended_at: timeOf(row.ended_at),
    waiting_until: waits ? row.next_attempt_at.toISOString() : null,
    failures: row.failures,
    pages: row.pages,
    records: {
      seen: row.records_seen,
      events: row.events_made,
      duplicates: row.duplicates,
      echoes: row.echoes,
      unchanged: row.unchanged,
      unmapped: row.unmapped,
      failed: row.failed,
    },
    error: row.error,
    cursor_before: row.cursor_before,
    cursor_after: row.cursor_after,
  };
}

function timeOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
