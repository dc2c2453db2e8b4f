import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { present, textParam } from '../../lib/search-params';

export interface RecipeEnds {
  readonly source?: string;
  readonly target?: string;
}

export const recipesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/recipes',
    validateSearch: (search: Record<string, unknown>): RecipeEnds =>
      present({ source: textParam(search, 'source', 40), target: textParam(search, 'target', 40) }),
    component: lazyRouteComponent(() => import('./recipes.page'), 'RecipesPage'),
  }),
] as const;
