import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { present, textParam } from '../../lib/search-params';

export const connectionsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/connections',
    component: lazyRouteComponent(() => import('./connections.page'), 'ConnectionsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/connections/$connectionId',
    component: lazyRouteComponent(() => import('./connection.page'), 'ConnectionPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/connect',
    validateSearch: (search: Record<string, unknown>): { connector?: string } =>
      present({ connector: textParam(search, 'connector', 40) }),
    component: lazyRouteComponent(() => import('./connect.page'), 'ConnectPage'),
  }),
] as const;
