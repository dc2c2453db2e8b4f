import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';

export const overviewRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/overview',
    component: lazyRouteComponent(() => import('./overview.page'), 'OverviewPage'),
  }),
] as const;
