import { fromPublicId, toPublicId } from '@hub/platform';
import { type LinkEndRow, type LinkRow, type RecordRef } from '@hub/sync';
import { type CreateLinkRequest, type LinkResponse } from './dto/link.dto';

/** Stands for an id that is none, so that it is answered like one that does not exist. */
const NO_SUCH_ID = '00000000-0000-7000-8000-000000000000';

export function toRecordRefs({ ends }: CreateLinkRequest): RecordRef[] {
  return ends.map(({ connection_id, source, record_id: recordId }) => ({
    system:
      connection_id === undefined
        ? { connectionId: null, source: source ?? '' }
        : { connectionId: fromPublicId('connection', connection_id) ?? NO_SUCH_ID, source: '' },
    recordId,
  }));
}

/** A link named in a body: another tenant's reads like none. */
export function linkIdOf(text: string): string {
  return fromPublicId('link', text) ?? NO_SUCH_ID;
}

export function toLinkResponse(row: LinkRow): LinkResponse {
  return {
    id: toPublicId('link', row.id),
    type: row.type,
    ends: row.ends.map(toEnd),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function toEnd(end: LinkEndRow): LinkResponse['ends'][number] {
  return {
    id: toPublicId('linkEnd', end.id),
    connection_id: end.connection_id === null ? null : toPublicId('connection', end.connection_id),
    source: end.connection_id === null ? end.source : null,
    object: end.object,
    record_id: end.record_id,
    deleted: end.deleted,
    version_written: end.version_written,
    written_at: end.written_at?.toISOString() ?? null,
    version_seen: end.version_seen,
    seen_at: end.seen_at?.toISOString() ?? null,
  };
}
