import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';

export const replaysRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replays',
    component: lazyRouteComponent(() => import('./replays.page'), 'ReplaysPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replays/$replayId',
    component: lazyRouteComponent(() => import('./replay.page'), 'ReplayPage'),
  }),
] as const;
