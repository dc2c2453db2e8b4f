import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam, timeParam } from '../../lib/search-params';

export const ENDPOINT_TABS = ['deliveries', 'settings'] as const;
export const NOTICE_STATUSES = ['pending', 'delivering', 'retrying', 'held', 'succeeded', 'dead', 'cancelled'] as const;

export interface EndpointView {
  readonly tab?: (typeof ENDPOINT_TABS)[number];
  readonly status?: (typeof NOTICE_STATUSES)[number];
  readonly event_type?: string;
  readonly from?: string;
  readonly to?: string;
  /** The delivery that is looked at. */
  readonly delivery?: string;
}

export const webhooksRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('./webhooks.page'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/webhooks/new',
    component: lazyRouteComponent(() => import('./new-endpoint.page'), 'NewEndpointPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/webhooks/$endpointId',
    validateSearch: (search: Record<string, unknown>): EndpointView =>
      present({
        tab: choiceParam(search, 'tab', ENDPOINT_TABS),
        status: choiceParam(search, 'status', NOTICE_STATUSES),
        event_type: textParam(search, 'event_type', 100),
        from: timeParam(search, 'from'),
        to: timeParam(search, 'to'),
        delivery: textParam(search, 'delivery', 40),
      }),
    component: lazyRouteComponent(() => import('./endpoint.page'), 'EndpointPage'),
  }),
] as const;
