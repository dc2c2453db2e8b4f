import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';
import { type RunFilters, type SyncFilters } from './syncs.queries';

export const SYNC_STATUSES = ['active', 'paused', 'failing'] as const;
export const RUN_KINDS = ['scheduled', 'manual', 'hook', 'backfill', 'full'] as const;
export const RUN_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export const syncsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/syncs',
    validateSearch: (search: Record<string, unknown>): SyncFilters =>
      present({
        status: choiceParam(search, 'status', SYNC_STATUSES),
        connection_id: textParam(search, 'connection_id', 40),
      }),
    component: lazyRouteComponent(() => import('./syncs.page'), 'SyncsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/syncs/new',
    validateSearch: (search: Record<string, unknown>): { connection_id?: string } =>
      present({ connection_id: textParam(search, 'connection_id', 40) }),
    component: lazyRouteComponent(() => import('./new-sync.page'), 'NewSyncPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/syncs/$syncId',
    validateSearch: (search: Record<string, unknown>): RunFilters & { run?: string } =>
      present({
        kind: choiceParam(search, 'kind', RUN_KINDS),
        status: choiceParam(search, 'status', RUN_STATUSES),
        run: textParam(search, 'run', 40),
      }),
    component: lazyRouteComponent(() => import('./sync.page'), 'SyncPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/syncs/$syncId/edit',
    component: lazyRouteComponent(() => import('./edit-sync.page'), 'EditSyncPage'),
  }),
] as const;
