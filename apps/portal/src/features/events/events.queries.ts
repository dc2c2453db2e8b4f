import { getEvent, getEventTimeline, listEvents, type EventSummary, type ListEventsData } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';
import { isMoving, LOOK_EVERY_MS } from '../deliveries/deliveries.queries';

export type EventFilters = Omit<NonNullable<ListEventsData['query']>, 'limit' | 'cursor'>;
const PAGE = 100;

export const eventsQuery = (filters: EventFilters) =>
  listQuery<EventSummary>(['events', filters], (cursor) =>
    answerOf(listEvents({ query: { ...filters, limit: PAGE, cursor } })),
  );

export const eventQuery = (trackingId: string, withPayload: boolean) =>
  queryOptions({
    queryKey: ['event', trackingId, withPayload],
    queryFn: () =>
      answerOf(
        getEvent({
          path: { tracking_id: trackingId },
          query: withPayload ? { include: 'payload' } : {},
          // As text: figures must be shown with every digit that came.
        }),
      ),
    refetchInterval: ({ state: { data } }) => (data?.deliveries.some(isMoving) === true ? LOOK_EVERY_MS : false),
  });

export const timelineQuery = (trackingId: string) =>
  queryOptions({
    queryKey: ['event', trackingId, 'timeline'],
    queryFn: () => answerOf(getEventTimeline({ path: { tracking_id: trackingId } })),
  });
