import {
  getWebhookDelivery,
  getWebhookEndpoint,
  getWebhookStatistics,
  listWebhookDeliveries,
  listWebhookEndpoints,
  listWebhookEventTypes,
  type ListWebhookDeliveriesData,
  type WebhookDelivery,
  type WebhookEndpoint,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';
import { type EndpointView } from './webhooks.routes';

export const endpointsQuery = () =>
  listQuery<WebhookEndpoint>(['webhooks'], (cursor) =>
    answerOf(listWebhookEndpoints({ query: { limit: 100, cursor } })),
  );

export const endpointQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: () => answerOf(getWebhookEndpoint({ path: { id } })),
    refetchInterval: 10_000,
  });

export const statisticsQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'statistics'],
    queryFn: () => answerOf(getWebhookStatistics({ path: { id } })),
    refetchInterval: 15_000,
  });

export const eventTypesQuery = () =>
  queryOptions({
    queryKey: ['webhook-event-types'],
    queryFn: () => answerOf(listWebhookEventTypes({})),
    staleTime: Infinity,
  });

export type LogFilters = Pick<EndpointView, 'status' | 'event_type' | 'from' | 'to'>;

type LogQuery = ListWebhookDeliveriesData['query'];

export const deliveriesQuery = (id: string, filters: LogFilters) =>
  listQuery<WebhookDelivery>(['webhooks', id, 'deliveries', filters], (cursor) =>
    // The address may name a type that there is not: the API says so.
    answerOf(listWebhookDeliveries({ path: { id }, query: { ...filters, limit: 100, cursor } as LogQuery })),
  );

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'delivery', deliveryId],
    queryFn: () => answerOf(getWebhookDelivery({ path: { id, delivery_id: deliveryId } })),
    refetchInterval: 3_000,
  });
