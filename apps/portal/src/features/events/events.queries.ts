import {
  getEvent,
  getEventTimeline,
  listEvents,
  type EventResponse,
  type EventSummary,
  type ListEventsData,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';
import { memberText } from '../../lib/raw-json';
import { isMoving, LOOK_EVERY_MS } from '../deliveries/deliveries.queries';

export type EventFilters = Omit<NonNullable<ListEventsData['query']>, 'limit' | 'cursor'>;
const PAGE = 100;

export const eventsQuery = (filters: EventFilters) =>
  listQuery<EventSummary>(['events', filters], (cursor) =>
    answerOf(listEvents({ query: { ...filters, limit: PAGE, cursor } })),
  );

/** The payload is the text that came: figures must be shown with every digit. */
type ExactEvent = Omit<EventResponse, 'payload'> & { readonly payload: string | null };

async function exactEvent(trackingId: string, withPayload: boolean): Promise<ExactEvent> {
  const query = withPayload ? ({ include: 'payload' } as const) : {};
  const asText = getEvent({ path: { tracking_id: trackingId }, query, parseAs: 'text' });
  const answer = (await answerOf<unknown>(asText)) as string;
  const payload = memberText(answer, 'payload');
  return { ...(JSON.parse(answer) as EventResponse), payload: payload === 'null' ? null : payload };
}

export const eventQuery = (trackingId: string, withPayload: boolean) =>
  queryOptions({
    queryKey: ['event', trackingId, withPayload],
    queryFn: () => exactEvent(trackingId, withPayload),
    refetchInterval: ({ state: { data } }) => (data?.deliveries.some(isMoving) === true ? LOOK_EVERY_MS : false),
  });

export const timelineQuery = (trackingId: string) =>
  queryOptions({
    queryKey: ['event', trackingId, 'timeline'],
    queryFn: () => answerOf(getEventTimeline({ path: { tracking_id: trackingId } })),
  });
