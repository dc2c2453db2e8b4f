import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present } from '../../lib/search-params';
import { LANGUAGES, type Language } from './snippets';

export const quickstartRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/quickstart',
    validateSearch: (search: Record<string, unknown>): { language?: Language } =>
      present({ language: choiceParam(search, 'language', LANGUAGES) }),
    component: lazyRouteComponent(() => import('./quickstart.page'), 'QuickstartPage'),
  }),
] as const;
