import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, flagParam, present, textParam, timeParam } from '../../lib/search-params';
import { type DeliveryFilters } from './deliveries.queries';
import { CATEGORIES, REASONS } from './filter-values';

/** What the address of the list says. */
export type DeliveriesSearch = DeliveryFilters & { readonly live?: true };

export const DELIVERY_STATUSES = [
  'pending',
  'delivering',
  'retrying',
  'held',
  'succeeded',
  'dead',
  'cancelled',
  'superseded',
] as const;

export const deliveriesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/deliveries',
    validateSearch: (search: Record<string, unknown>): DeliveriesSearch =>
      present({
        status: choiceParam(search, 'status', DELIVERY_STATUSES),
        connection_id: textParam(search, 'connection_id', 40),
        route_id: textParam(search, 'route_id', 40),
        tracking_id: textParam(search, 'tracking_id', 40),
        category: choiceParam(search, 'category', CATEGORIES),
        operation: textParam(search, 'operation', 200),
        code: textParam(search, 'code', 200),
        reason: choiceParam(search, 'reason', REASONS),
        replayed: choiceParam(search, 'replayed', ['true', 'false']),
        from: timeParam(search, 'from'),
        to: timeParam(search, 'to'),
        live: flagParam(search, 'live'),
      }),
    component: lazyRouteComponent(() => import('./deliveries.page'), 'DeliveriesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/deliveries/$deliveryId',
    component: lazyRouteComponent(() => import('./delivery.page'), 'DeliveryPage'),
  }),
] as const;
