import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { signInRoutes } from '../features/sign-in/sign-in.routes';
import { queryClient } from '../lib/query-client';
import { rootRoute, shellRoute } from './root-routes';

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview' });
  },
});

const routeTree = rootRoute.addChildren([indexRoute, ...signInRoutes, shellRoute.addChildren([])]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
