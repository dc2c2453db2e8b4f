import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';
import { type LinkFilters } from './links.queries';

export const linksRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/links',
    validateSearch: (search: Record<string, unknown>): LinkFilters =>
      present({
        record_id: textParam(search, 'record_id'),
        connection_id: textParam(search, 'connection_id', 40),
        type: textParam(search, 'type', 100),
        deleted:
          typeof search['deleted'] === 'boolean'
            ? (`${search['deleted']}` as const)
            : choiceParam(search, 'deleted', ['true', 'false'] as const),
      }),
    component: lazyRouteComponent(() => import('./links.page'), 'LinksPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/links/$linkId',
    validateSearch: (search: Record<string, unknown>): { other?: string } =>
      present({ other: textParam(search, 'other') }),
    component: lazyRouteComponent(() => import('./link.page'), 'LinkPage'),
  }),
] as const;
