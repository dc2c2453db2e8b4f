import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';

export const membersRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/members',
    component: lazyRouteComponent(() => import('./members.page'), 'MembersPage'),
  }),
] as const;
