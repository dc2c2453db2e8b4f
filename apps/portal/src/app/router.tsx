import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { accountRoutes, invitationRoutes } from '../features/account/account.routes';
import { alertsRoutes } from '../features/alerts/alerts.routes';
import { apiKeysRoutes } from '../features/api-keys/api-keys.routes';
import { auditRoutes } from '../features/audit/audit.routes';
import { connectionsRoutes } from '../features/connections/connections.routes';
import { deadLettersRoutes } from '../features/dead-letters/dead-letters.routes';
import { deliveriesRoutes } from '../features/deliveries/deliveries.routes';
import { eventsRoutes } from '../features/events/events.routes';
import { membersRoutes } from '../features/members/members.routes';
import { overviewRoutes } from '../features/overview/overview.routes';
import { replaysRoutes } from '../features/replays/replays.routes';
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

const routeTree = rootRoute.addChildren([
  indexRoute,
  ...signInRoutes,
  ...invitationRoutes,
  shellRoute.addChildren([
    ...overviewRoutes,
    ...eventsRoutes,
    ...deliveriesRoutes,
    ...deadLettersRoutes,
    ...replaysRoutes,
    ...connectionsRoutes,
    ...auditRoutes,
    ...membersRoutes,
    ...apiKeysRoutes,
    ...alertsRoutes,
    ...accountRoutes,
  ]),
]);

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
