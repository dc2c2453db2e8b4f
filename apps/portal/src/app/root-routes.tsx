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

const OF_OPERATORS = /^\/(operator|account)(\/|$)/;

/** Everything that needs somebody signed in. Features hang their routes on it. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      const { tenant, is_operator: isOperator } = await context.queryClient.ensureQueryData(sessionQuery);
      // Who runs the hub and is in no company has nothing to see on a company's pages.
      if (tenant === null && isOperator && !OF_OPERATORS.test(location.pathname)) throw redirect({ to: '/operator' });
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
  component: Shell,
  errorComponent: Crashed,
});
