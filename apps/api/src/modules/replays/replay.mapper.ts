import { SKIP_WORDS, type JsonChanges, type ReplayItemRow, type ReplayView } from '@hub/delivery';
import { toPublicId } from '@hub/platform';
import { fromDeadLetterFilter } from '../dead-letters/dead-letter.mapper';
import { type DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { type ReplayItemListResponse, type ReplayResponse } from './dto/replay.response';

type ItemResponse = ReplayItemListResponse['data'][number];

export function toReplayResponse(row: ReplayView): ReplayResponse {
  const { counts, selection } = row;
  const id = toPublicId('replay', row.id);
  const settled = row.matched - counts.waiting - counts.queued;
  return {
    id,
    action: row.action,
    status: row.status,
    phase: row.phase,
    dry_run: row.dry_run,
    mapping: row.mapping === 'version' ? (row.mapping_version ?? 1) : row.mapping,
    filter: selection.kind === 'filter' ? fromDeadLetterFilter(selection.filter) : null,
    missing: missingIn(selection),
    named: namedIn(selection),
    include_succeeded: row.include_succeeded,
    include_cancelled: row.include_cancelled,
    include_superseded: row.include_superseded,
    rate_per_second: row.rate_per_second,
    reason: row.reason,
    requested_by: row.requested_by,
    matched: row.matched,
    waiting: counts.waiting,
    queued: counts.queued,
    succeeded: counts.succeeded,
    failed: counts.failed,
    skipped: counts.skipped,
    cancelled: counts.cancelled,
    would_send: counts.would_send,
    would_fail: counts.would_fail,
    changed: counts.changed,
    progress: progressOf(row, settled),
    eta_seconds: etaOf(row, settled),
    error: row.error === null ? null : { code: row.error.code, message: row.error.message },
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    links: { self: `/v1/replays/${id}`, items: `/v1/replays/${id}/items` },
  };
}

function namedIn(selection: ReplayView['selection']): number | null {
  switch (selection.kind) {
    case 'filter':
    case 'missing':
      return null;
    case 'events':
      return selection.trackingIds.length;
    case 'deliveries':
      return selection.deliveryIds.length;
  }
}

function missingIn(selection: ReplayView['selection']): ReplayResponse['missing'] {
  if (selection.kind !== 'missing') return null;
  return { route_id: toPublicId('route', selection.routeId), from: selection.from, to: selection.to };
}

function progressOf(row: ReplayView, settled: number): number {
  if (row.status === 'completed') return 1;
  if (row.phase === 'collecting' || row.matched === 0) return 0;
  // What giving up is about is cancelled as it should be.
  const takenBack = row.ended_at === null || row.action === 'cancel' ? 0 : row.counts.cancelled;
  return Math.round(((settled - takenBack) / row.matched) * 1_000) / 1_000;
}

/** By the speed so far, and never sooner than its pace allows. */
function etaOf(row: ReplayView, settled: number): number | null {
  const { started_at: startedAt, phase, counts } = row;
  if (row.ended_at !== null || startedAt === null || phase === 'collecting' || settled === 0) return null;
  const elapsedS = (row.read_at.getTime() - startedAt.getTime()) / 1_000;
  const bySpeed = ((row.matched - settled) * elapsedS) / settled;
  const byPace = row.rate_per_second === null ? 0 : counts.waiting / row.rate_per_second;
  return Math.ceil(Math.max(bySpeed, byPace));
}

/** @param shown whether the caller may read payloads; else they learn where they differ, not in what. */
export function toItemResponse(row: ReplayItemRow, advisor: DeliveryAdvisor, shown: boolean): ItemResponse {
  const { changes, more } =
    row.changes === null ? { changes: null, more: false } : (JSON.parse(row.changes) as JsonChanges);
  return {
    delivery_id: toPublicId('delivery', row.id),
    event_tracking_id: toPublicId('event', row.tracking_id),
    event_id: row.event_id,
    event_type: row.event_type,
    connection_id: toPublicId('connection', row.connection_id),
    route_id: toPublicId('route', row.route_id),
    outcome: row.outcome,
    reason: row.reason,
    message: row.reason === null ? null : (SKIP_WORDS[row.reason] ?? null),
    new_delivery_id: row.new_delivery_id === null ? null : toPublicId('delivery', row.new_delivery_id),
    mapping_id: row.mapping_id === null ? null : toPublicId('mapping', row.mapping_id),
    mapping_version: row.mapping_version,
    was_sent: shown ? parsed(row.was_sent) : null,
    would_send: shown ? parsed(row.would_send) : null,
    changed: row.changed,
    changes: changes === null ? null : changes.map(({ pointer, ...values }) => ({ pointer, ...(shown ? values : {}) })),
    more_changes: more,
    ...failureOf(row, advisor),
    settled_at: row.settled_at?.toISOString() ?? null,
  };
}

function failureOf(row: ReplayItemRow, advisor: DeliveryAdvisor): Pick<ItemResponse, 'error' | 'advice'> {
  if (row.error === null) return { error: null, advice: null };
  const { category, code, message } = row.error;
  const { title, explanation, action } = advisor.ofFailure(row.connector_id, { category, code, reason: row.reason });
  return { error: { category, code, message }, advice: { title, explanation, action } };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
