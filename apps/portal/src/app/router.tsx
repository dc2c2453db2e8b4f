import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { accountRoutes, invitationRoutes } from '../features/account/account.routes';
import { alertsRoutes } from '../features/alerts/alerts.routes';
import { apiKeysRoutes } from '../features/api-keys/api-keys.routes';
import { auditRoutes } from '../features/audit/audit.routes';
import { connectionsRoutes } from '../features/connections/connections.routes';
import { deadLettersRoutes } from '../features/dead-letters/dead-letters.routes';
import { deliveriesRoutes } from '../features/deliveries/deliveries.routes';
import { eventsRoutes } from '../features/events/events.routes';
import { mappingsRoutes } from '../features/mappings/mappings.routes';
import { membersRoutes } from '../features/members/members.routes';
import { operatorRoutes } from '../features/operator/operator.routes';
import { overviewRoutes } from '../features/overview/overview.routes';
import { replaysRoutes } from '../features/replays/replays.routes';
import { settingsRoutes } from '../features/settings/settings.routes';
import { signInRoutes } from '../features/sign-in/sign-in.routes';
import { syncsRoutes } from '../features/syncs/syncs.routes';
import { quickstartRoutes } from '../features/quickstart/quickstart.routes';
import { usageRoutes } from '../features/usage/usage.routes';
import { webhooksRoutes } from '../features/webhooks/webhooks.routes';
import { routesRoutes } from '../features/routes/routes.routes';
import { recipesRoutes } from '../features/recipes/recipes.routes';
import { linksRoutes } from '../features/links/links.routes';
import { flowRoutes } from '../features/flow/flow.routes';
import { leavesPage } from '../lib/lost-focus';
import { queryClient } from '../lib/query-client';
import { parseSearch, stringifySearch } from '../lib/search-text';
import { landingOf } from './landing';
import { rootRoute, shellRoute, signedIn } from './root-routes';

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    throw redirect({ to: await landingOf(await signedIn(context.queryClient)) });
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
    ...mappingsRoutes,
    ...flowRoutes,
    ...linksRoutes,
    ...recipesRoutes,
    ...routesRoutes,
    ...syncsRoutes,
    ...auditRoutes,
    ...membersRoutes,
    ...apiKeysRoutes,
    ...alertsRoutes,
    ...webhooksRoutes,
    ...quickstartRoutes,
    ...usageRoutes,
    ...settingsRoutes,
    ...operatorRoutes,
    ...accountRoutes,
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  // What a page's `validateSearch` leaves out of an address is gone: without this the router puts it back in.
  search: { strict: true },
  // Another thing on the same page is another page: nothing that was opened, entered or shown for the first stays on it.
  defaultRemountDeps: ({ params }) => params,
});

router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
  if (fromLocation !== undefined && pathChanged) leavesPage();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
