import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present } from '../../lib/search-params';

export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;

export const alertsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts',
    validateSearch: (search: Record<string, unknown>): { status?: (typeof ALERT_STATUSES)[number] } =>
      present({ status: choiceParam(search, 'status', ALERT_STATUSES) }),
    component: lazyRouteComponent(() => import('./alerts.page'), 'AlertsPage'),
  }),
] as const;
