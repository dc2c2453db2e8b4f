import { type RetentionPolicy } from '@hub/archive';
import {
  groupCause,
  groupTitle,
  type DeadLetterFilter,
  type DeadLetterGroupRow,
  type DeadLetterTotals,
} from '@hub/delivery';
import { toPublicId, uuidTimeMs } from '@hub/platform';
import { type z } from 'zod';
import { type PageResponse } from '../../http/pagination';
import { type DeliveryAdvisor } from './delivery-advisor';
import { type shownFilter } from './dto/dead-letter.fields';
import { type DeadLetterGroupsQuery } from './dto/dead-letter.request';
import { type DeadLetterGroupsResponse } from './dto/dead-letter.response';

const DAY_MS = 86_400_000;

type GroupResponse = DeadLetterGroupsResponse['data'][number];
type FilterMembers = Omit<DeadLetterGroupsQuery, 'limit' | 'cursor'>;

/** Ids are UUIDs by now. */
export function toDeadLetterFilter(members: FilterMembers): DeadLetterFilter {
  const { operation, category, code, reason, from, to } = members;
  return {
    operation,
    category,
    code,
    reason,
    from,
    to,
    connectionId: members.connection_id,
    routeId: members.route_id,
    eventType: members.event_type,
    endedFrom: members.failed_from,
    endedTo: members.failed_to,
  };
}

/** As callers write it. What is stored of categories and reasons is of the sets that the API knows, ever since filters refuse others. */
export function fromDeadLetterFilter(filter: DeadLetterFilter): z.output<typeof shownFilter> {
  const { connectionId, routeId, operation, eventType, category, code, reason, from, to, endedFrom, endedTo } = filter;
  const members = {
    connection_id: connectionId === undefined ? undefined : toPublicId('connection', connectionId),
    route_id: routeId === undefined ? undefined : toPublicId('route', routeId),
    operation,
    event_type: eventType,
    category,
    code,
    reason,
    from,
    to,
    failed_from: endedFrom,
    failed_to: endedTo,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function toGroupsResponse(
  page: PageResponse<DeadLetterGroupRow>,
  total: DeadLetterTotals,
  advisor: DeliveryAdvisor,
  policy: RetentionPolicy,
  now: Date,
): DeadLetterGroupsResponse {
  const { dead_letters, connections } = total;
  return {
    data: page.data.map((row) => toGroup(row, advisor, policy, now)),
    next_cursor: page.next_cursor,
    total: { dead_letters, connections },
  };
}

function toGroup(row: DeadLetterGroupRow, advisor: DeliveryAdvisor, policy: RetentionPolicy, now: Date): GroupResponse {
  const { category, code, reason, count, operation } = row;
  const advice = advisor.ofFailure(row.connector_id, { category, code, reason });
  const facts = { category, code, reason, count, firstAt: row.first_at, system: advisor.systemName(row.connector_id) };
  return {
    title: groupTitle(facts, advice, now),
    cause: groupCause(facts, advice),
    advice: { title: advice.title, explanation: advice.explanation, action: advice.action },
    count,
    first_failed_at: row.first_at.toISOString(),
    last_failed_at: row.last_at.toISOString(),
    leaves_at: leavesAt(row, policy).toISOString(),
    connection_id: toPublicId('connection', row.connection_id),
    connection_name: row.connection_name,
    connector: row.connector_id,
    route_id: toPublicId('route', row.route_id),
    route_name: row.route_name,
    operation,
    reason,
    category,
    code,
    message: row.message,
    newest_delivery_id: toPublicId('delivery', row.id),
    newest_event_tracking_id: toPublicId('event', row.tracking_id),
    newest_mapping_id: row.mapping_id === null ? null : toPublicId('mapping', row.mapping_id),
    filter: fromDeadLetterFilter({
      connectionId: row.connection_id,
      routeId: row.route_id,
      operation,
      category: category ?? undefined,
      code: code ?? undefined,
      reason: reason ?? undefined,
    }),
  };
}

/** Neither before its own days are over nor before those of its day (UTC). */
export function leavesAt(
  row: Pick<DeadLetterGroupRow, 'oldest_id' | 'first_at'>,
  { hotDays, deadLetterDays }: Pick<RetentionPolicy, 'hotDays' | 'deadLetterDays'>,
): Date {
  const dayIsOver = (Math.floor(uuidTimeMs(row.oldest_id) / DAY_MS) + 1) * DAY_MS;
  return new Date(Math.max(row.first_at.getTime() + deadLetterDays * DAY_MS, dayIsOver + hotDays * DAY_MS));
}
