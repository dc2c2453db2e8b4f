import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { type QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../lib/problem';
import { sessionQuery, type Session } from '../lib/session';
import { Crashed, NotFound } from './fallbacks';
import { isOutsideCompanies } from './outside-companies';
import { Shell } from './shell';

export interface RouterContext {
  readonly queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

/**
 * Who is signed in.
 * @param next where somebody who is not goes on once they are
 * @throws what leads to the sign-in
 */
export async function signedIn(queryClient: QueryClient, next?: string): Promise<Session> {
  try {
    return await queryClient.ensureQueryData(sessionQuery);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
    throw redirect({ to: '/sign-in', search: { next } });
  }
}

/** Everything that needs somebody signed in. Features hang their routes on it. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const { tenant, is_operator: isOperator } = await signedIn(context.queryClient, location.href);
    // Who runs the hub and is in no company has nothing to see on a company's pages.
    if (tenant === null && isOperator && !isOutsideCompanies(location.pathname)) throw redirect({ to: '/operator' });
  },
  component: Shell,
  errorComponent: Crashed,
});
