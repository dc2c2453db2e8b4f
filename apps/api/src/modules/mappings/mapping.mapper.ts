import { type MappingRow, type MappingVersionRow, type MappingVersionSummaryRow } from '@hub/mapping-store';
import { toPublicId } from '@hub/platform';
import {
  type MappingResponse,
  type MappingVersionListResponse,
  type MappingVersionResponse,
  type MappingVersionSummaryResponse,
} from './dto/mapping.response';
import { versionCursor } from './version-cursor';

/** @param latest the version of a template as it is now; undefined when there is none. */
export function toMappingResponse(row: MappingRow, latest: (template: string) => number | undefined): MappingResponse {
  const { template_id: template, template_version: copied } = row;
  return {
    id: toPublicId('mapping', row.id),
    name: row.name,
    description: row.description,
    published_version: row.published_version,
    latest_version: row.latest_version,
    template:
      template === null || copied === null
        ? null
        : { id: template, version: copied, latest_version: latest(template) ?? null },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toVersionSummaryResponse(row: MappingVersionSummaryRow): MappingVersionSummaryResponse {
  return {
    version: row.version,
    expression: row.expression,
    note: row.note,
    created_at: row.created_at.toISOString(),
  };
}

export function toVersionResponse(row: MappingVersionRow): MappingVersionResponse {
  return { ...toVersionSummaryResponse(row), tables: row.tables };
}

/** Give it one row more than the page holds: that row tells whether there is a next page. */
export function toVersionListResponse(
  rows: readonly MappingVersionSummaryRow[],
  limit: number,
): MappingVersionListResponse {
  const shown = rows.slice(0, limit);
  const last = shown[shown.length - 1];
  return {
    data: shown.map(toVersionSummaryResponse),
    next_cursor: rows.length > limit && last !== undefined ? versionCursor(last.version) : null,
  };
}
