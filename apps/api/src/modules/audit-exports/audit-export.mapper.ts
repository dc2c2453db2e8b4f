import { type ExportRow } from '@hub/audit';
import { toPublicId } from '@hub/platform';
import { type AuditExportResponse } from './dto/audit-export.dto';

/** @param base path below which exports are served */
export const toExportResponse =
  (base: string) =>
  (row: ExportRow): AuditExportResponse => {
    const { requestId, ...filter } = row.filter;
    const first = row.first_seq ?? 1;
    const id = toPublicId('auditExport', row.id);
    return {
      id,
      status: row.status,
      format: row.format,
      filter: requestId === undefined ? filter : { ...filter, request_id: requestId },
      progress: {
        done: row.done_seq === null ? 0 : row.done_seq - first + 1,
        total: row.last_seq === null ? null : row.last_seq - first + 1,
        matched: row.matched,
      },
      bytes: row.bytes,
      failure: row.failure as AuditExportResponse['failure'],
      created_at: row.created_at.toISOString(),
      finished_at: row.finished_at?.toISOString() ?? null,
      expires_at: row.status === 'failed' ? null : (row.expires_at?.toISOString() ?? null),
      download: row.status === 'succeeded' ? `${base}/${id}/download` : null,
    };
  };
