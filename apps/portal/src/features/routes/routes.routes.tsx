import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';
import { type RouteFilters } from './routes.queries';

export const routesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/routes',
    validateSearch: (search: Record<string, unknown>): RouteFilters =>
      present({
        connection_id: textParam(search, 'connection_id', 40),
        mapping_id: textParam(search, 'mapping_id', 40),
        enabled:
          typeof search['enabled'] === 'boolean'
            ? (`${search['enabled']}` as const)
            : choiceParam(search, 'enabled', ['true', 'false'] as const),
      }),
    component: lazyRouteComponent(() => import('./routes.page'), 'RoutesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/routes/new',
    validateSearch: (search: Record<string, unknown>): { connection_id?: string; mapping_id?: string } =>
      present({
        connection_id: textParam(search, 'connection_id', 40),
        mapping_id: textParam(search, 'mapping_id', 40),
      }),
    component: lazyRouteComponent(() => import('./new-route.page'), 'NewRoutePage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/routes/$routeId',
    component: lazyRouteComponent(() => import('./route.page'), 'RoutePage'),
  }),
] as const;
