import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';

export const apiKeysRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/api-keys',
    component: lazyRouteComponent(() => import('./api-keys.page'), 'ApiKeysPage'),
  }),
] as const;
