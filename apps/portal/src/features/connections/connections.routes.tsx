import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';

export const connectionsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/connections',
    component: lazyRouteComponent(() => import('./connections.page'), 'ConnectionsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/connections/$connectionId',
    // As a sign-in at a vendor comes back.
    validateSearch: (search: Record<string, unknown>): { sign_in?: 'connected' | 'failed'; code?: string } =>
      present({
        sign_in: choiceParam(search, 'sign_in', ['connected', 'failed'] as const),
        code: textParam(search, 'code', 60),
      }),
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
