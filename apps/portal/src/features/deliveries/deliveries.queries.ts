import { getDelivery, listDeliveries, type Delivery, type ListDeliveriesData } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';

export type DeliveryFilters = Omit<NonNullable<ListDeliveriesData['query']>, 'limit' | 'cursor'>;
const PAGE = 100;

export const deliveriesQuery = (filters: DeliveryFilters) =>
  listQuery<Delivery>(['deliveries', filters], (cursor) =>
    answerOf(listDeliveries({ query: { ...filters, limit: PAGE, cursor } })),
  );

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['delivery', id],
    queryFn: () => answerOf(getDelivery({ path: { delivery_id: id } })),
  });
