import {
  contentHash,
  leadsBack,
  type MappingRow,
  type MappingVersionRow,
  type MappingVersionSummaryRow,
  type PublicationRow,
  type PublishedMapping,
} from '@hub/mapping-store';
import { toPublicId, type Problem } from '@hub/platform';
import { toBacktestSummary } from './backtest.mapper';
import {
  type MappingResponse,
  type MappingVersionListResponse,
  type MappingVersionResponse,
  type MappingVersionSummaryResponse,
  type PreviewErrorResponse,
  type PublishedMappingResponse,
} from './dto/mapping.response';
import { numberCursor } from './number-cursor';

/** A version as lists show it, with the last time that it was published. */
export type ListedVersion<Row = MappingVersionSummaryRow> = Row & { readonly published: PublicationRow | null };

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

export function toPublishedResponse(
  mapping: MappingResponse,
  { goldenCases, backtest }: PublishedMapping,
): PublishedMappingResponse {
  return {
    ...mapping,
    golden_cases: goldenCases,
    backtested: backtest !== null,
    backtest: backtest === null ? null : toBacktestSummary(backtest),
  };
}

function toVersionSummaryResponse(row: ListedVersion): MappingVersionSummaryResponse {
  return {
    version: row.version,
    expression: row.expression,
    note: row.note,
    published: toPublicationResponse(row.published),
    created_at: row.created_at.toISOString(),
  };
}

function toPublicationResponse(row: PublicationRow | null): MappingVersionSummaryResponse['published'] {
  if (row === null) return null;
  const { kind, published_at: at, actor_type: type, actor_id: id } = row;
  return {
    kind,
    at: at?.toISOString() ?? null,
    by: type === null || id === null ? null : { type, id },
    can_roll_back: leadsBack(row),
  };
}

export function toVersionResponse(row: ListedVersion<MappingVersionRow>): MappingVersionResponse {
  return {
    ...toVersionSummaryResponse(row),
    tables: row.tables,
    content_hash: contentHash(row.expression, row.tables).toString('hex'),
  };
}

/** Give it one row more than the page holds: that row tells whether there is a next page. */
export function toVersionListResponse(rows: readonly ListedVersion[], limit: number): MappingVersionListResponse {
  const shown = rows.slice(0, limit);
  const last = shown[shown.length - 1];
  return {
    data: shown.map(toVersionSummaryResponse),
    next_cursor: rows.length > limit && last !== undefined ? numberCursor(last.version) : null,
  };
}

/** Null for what is no fault of the expression: of the tables, or of a hub that is busy. */
export function toPreviewError({ kind, code, detail, extra = {} }: Problem): PreviewErrorResponse | null {
  if (kind !== 'unprocessable' || !code.startsWith('mapping_')) return null;
  const { offset, line, column, token } = extra;
  const place = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    code,
    message: detail,
    offset: place(offset),
    line: place(line),
    column: place(column),
    token: typeof token === 'string' ? token : null,
  };
}
