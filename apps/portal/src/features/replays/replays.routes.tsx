import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present } from '../../lib/search-params';
import { ITEM_OUTCOMES, type ItemOutcome } from './replay-states';

/** Which items of a replay are shown. */
export interface ReplayItemsView {
  readonly outcome?: ItemOutcome;
  readonly changed?: 'true' | 'false';
}

export const replaysRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replays',
    component: lazyRouteComponent(() => import('./replays.page'), 'ReplaysPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replays/$replayId',
    validateSearch: (search: Record<string, unknown>): ReplayItemsView =>
      present({
        outcome: choiceParam(search, 'outcome', ITEM_OUTCOMES),
        changed: choiceParam(search, 'changed', ['true', 'false'] as const),
      }),
    component: lazyRouteComponent(() => import('./replay.page'), 'ReplayPage'),
  }),
] as const;
