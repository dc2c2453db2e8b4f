import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';
import { CATEGORIES } from '../deliveries/filter-values';
import { type DeadLetterFilter } from './dead-letters.queries';

export const deadLettersRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dead-letters',
    validateSearch: (search: Record<string, unknown>): Pick<DeadLetterFilter, 'connection_id' | 'category'> =>
      present({
        connection_id: textParam(search, 'connection_id', 40),
        category: choiceParam(search, 'category', CATEGORIES),
      }),
    component: lazyRouteComponent(() => import('./dead-letters.page'), 'DeadLettersPage'),
  }),
] as const;
