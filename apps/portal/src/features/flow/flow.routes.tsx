import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';

export const flowRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/flow',
    component: lazyRouteComponent(() => import('./flow.page'), 'FlowPage'),
  }),
] as const;
