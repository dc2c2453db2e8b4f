import { toPublicId, type JsonObject } from '@hub/platform';
import { findNoticeKind } from '../catalogue/notice-catalogue';
import { matchesType } from '../catalogue/type-pattern';
import { type BusEvent, type Facts } from './bus-event';

/** An endpoint as whoever hands out notices needs it. */
export interface NoticeTarget {
  readonly connectionId: string;
  readonly routeId: string;
  readonly eventTypes: readonly string[];
  /** Null: of all connections. */
  readonly connectionIds: readonly string[] | null;
}

/** A notice that is ready to be put into the backlog. */
export interface Notice {
  readonly id: string;
  /** The `webhook-id`. */
  readonly publicId: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly payload: string;
  readonly targets: readonly NoticeTarget[];
}

export function wants(target: NoticeTarget, event: Pick<BusEvent, 'type' | 'connectionId'>): boolean {
  if (!target.eventTypes.some((pattern) => matchesType(pattern, event.type))) return false;
  const { connectionIds } = target;
  // What is about no connection at all concerns everybody.
  return connectionIds === null || event.connectionId === null || connectionIds.includes(event.connectionId);
}

/** What is to be told of some events, and to whom. Those of types that are not in the catalogue are nobody's. */
export function noticesOf(
  events: readonly BusEvent[],
  targets: readonly NoticeTarget[],
  facts: Facts,
): readonly Notice[] {
  return events.flatMap((event) => {
    const interested = targets.filter((target) => wants(target, event));
    const data = interested.length === 0 ? null : (findNoticeKind(event.type)?.build(event, facts) ?? null);
    if (data === null) return [];
    const publicId = toPublicId('hubEvent', event.id);
    const payload = noticePayload({ id: publicId, type: event.type, at: event.createdAt, data });
    return [{ id: event.id, publicId, type: event.type, occurredAt: event.createdAt, payload, targets: interested }];
  });
}

/** The body, with the members that Standard Webhooks names, and the id, so that a body that was kept can be told apart. */
export function noticePayload(notice: {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly data: JsonObject;
}): string {
  const { id, type, at, data } = notice;
  return JSON.stringify({ id, type, timestamp: at.toISOString(), data });
}
