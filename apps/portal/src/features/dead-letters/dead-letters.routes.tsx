import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { present, textParam } from '../../lib/search-params';

export const deadLettersRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dead-letters',
    validateSearch: (search: Record<string, unknown>): { connection_id?: string; category?: string } =>
      present({ connection_id: textParam(search, 'connection_id', 40), category: textParam(search, 'category', 50) }),
    component: lazyRouteComponent(() => import('./dead-letters.page'), 'DeadLettersPage'),
  }),
] as const;
