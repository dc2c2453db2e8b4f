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

/** About to change by itself. What is held or waits for its next attempt may stay so for hours. */
const MOVING: ReadonlySet<string> = new Set(['pending', 'delivering']);
export const LOOK_EVERY_MS = 1_000;

export function isMoving({ status }: Pick<Delivery, 'status'>): boolean {
  return MOVING.has(status);
}

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['delivery', id],
    queryFn: () => answerOf(getDelivery({ path: { delivery_id: id } })),
    refetchInterval: ({ state: { data } }) => (data !== undefined && isMoving(data) ? LOOK_EVERY_MS : false),
  });

/** What has died is told from what has died and goes on as another delivery. */
export function shownStatus({ status, replayed_by: by }: Pick<Delivery, 'status' | 'replayed_by'>): string {
  return status === 'dead' && by !== null ? 'replayed' : status;
}
