import {
  BACKTEST_OUTCOMES,
  SENT_OUTCOMES,
  type BacktestItem,
  type BacktestRow,
  type BacktestSummary,
  type BacktestTotals,
  type ShownRun,
} from '@hub/mapping-store';
import { toPublicId, type IdKind } from '@hub/platform';
import {
  type BacktestItemListResponse,
  type BacktestItemResponse,
  type BacktestResponse,
  type BacktestSummaryResponse,
} from './dto/backtest.dto';
import { numberCursor } from './number-cursor';

export function toBacktestResponse(row: BacktestRow): BacktestResponse {
  return {
    id: toPublicId('backtest', row.id),
    mapping_id: toPublicId('mapping', row.mapping_id),
    version: row.version,
    base_version: row.base_version,
    expression: row.expression,
    content_hash: row.content_hash.toString('hex'),
    status: row.status,
    limit: row.wanted,
    examined: row.examined,
    compared: row.tested,
    ...toTotals(row.totals),
    stopped_because: row.stopped_because,
    error: row.error,
    interruptions: row.interruptions,
    requested_by: row.requested_by,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}

export function toBacktestSummary(summary: BacktestSummary): BacktestSummaryResponse {
  return {
    id: toPublicId('backtest', summary.id),
    base_version: summary.baseVersion,
    compared: summary.tested,
    ...toTotals(summary.totals),
    stopped_because: summary.stoppedBecause,
    ended_at: summary.endedAt,
  };
}

/**
 * Give it one row more than the page holds: that row tells whether there is a next page.
 * @param shown whether the caller may read payloads; else nothing is shown that may hold a part of one.
 */
export function toItemListResponse(
  rows: readonly BacktestItem[],
  limit: number,
  shown: boolean,
): BacktestItemListResponse {
  const listed = rows.slice(0, limit);
  const last = listed[listed.length - 1];
  return {
    data: listed.map((item) => toItemResponse(item, shown)),
    next_cursor: rows.length > limit && last !== undefined ? numberCursor(last.number) : null,
  };
}

function toItemResponse(item: BacktestItem, shown: boolean): BacktestItemResponse {
  const { detail } = item;
  return {
    number: item.number,
    tracking_id: toPublicId('event', item.trackingId),
    event_id: shown ? item.eventId : null,
    event_type: item.eventType,
    connection_id: toPublicId('connection', item.connectionId),
    route_id: idOrNull('route', item.routeId),
    sync_id: idOrNull('sync', item.syncId),
    delivery_id: idOrNull('delivery', item.deliveryId),
    outcome: item.outcome,
    reason: detail.reason,
    published: toRun(detail.base, shown),
    draft: toRun(detail.draft, shown),
    difference_count: detail.differenceCount,
    differences: shown ? [...detail.differences] : null,
    varying: shown ? [...detail.varying] : null,
    was_sent: {
      outcome: item.wasSent,
      version: detail.sentVersion,
      difference_count: detail.sentDifferenceCount,
      differences: shown ? [...detail.sentDifferences] : null,
    },
  };
}

/** What an expression throws, and why it skips, can be made of the event's own words. */
function toRun(run: ShownRun, shown: boolean): BacktestItemResponse['draft'] {
  const error = run.kind === 'failed' ? run.error : null;
  return {
    outcome: run.kind,
    error: error && {
      code: error.code,
      message: shown ? error.message : null,
      line: error.line ?? null,
      column: error.column ?? null,
    },
    skip_reason: run.kind === 'skipped' && shown ? run.reason : null,
  };
}

function toTotals(totals: BacktestTotals): Pick<BacktestResponse, 'totals' | 'was_sent'> {
  const [outcomes, sent] = [
    BACKTEST_OUTCOMES.map((name) => [name, totals[name] ?? 0] as const),
    SENT_OUTCOMES.map((name) => [name, totals[`sent_${name}`] ?? 0] as const),
  ];
  return {
    totals: Object.fromEntries(outcomes) as BacktestResponse['totals'],
    was_sent: Object.fromEntries(sent) as BacktestResponse['was_sent'],
  };
}

function idOrNull(kind: IdKind, uuid: string | null): string | null {
  return uuid === null ? null : toPublicId(kind, uuid);
}
