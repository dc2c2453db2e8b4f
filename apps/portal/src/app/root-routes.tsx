import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { type QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../lib/problem';
import { sessionQuery } from '../lib/session';
import { Crashed, NotFound } from './fallbacks';
import { Shell } from './shell';

export interface RouterContext {
  readonly queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

/** Everything that needs somebody signed in. Features hang their routes on it. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
  component: Shell,
  errorComponent: Crashed,
});
