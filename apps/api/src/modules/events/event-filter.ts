import { type EventFilter } from '@hub/delivery';
import { parsePublicId } from '@hub/platform';
import { type EventListQuery } from './dto/event.request';

/**
 * What a list or a stream is asked for. A pasted id of a request, made by the hub, is the filter of that name: it looks into no
 * payload, so whoever may list events may use it.
 */
export function eventFilterOf(query: Omit<EventListQuery, 'limit' | 'cursor'>): EventFilter {
  const { status, type, source, subject, from, to, event_id: eventId, connection_id: connectionId } = query;
  const pasted = query.request_id === undefined ? query.q?.trim() : undefined;
  const isRequest = pasted !== undefined && parsePublicId(pasted)?.kind === 'request';
  const [requestId, q] = isRequest ? [pasted, undefined] : [query.request_id, query.q];
  return { status, type, source, subject, eventId, connectionId, requestId, from, to, q };
}
