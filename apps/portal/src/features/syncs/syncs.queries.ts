import { getConnectionHook, getSync, listSyncRuns, listSyncs, type Sync, type SyncRun } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery, wholeQuery } from '../../lib/pages';

export interface SyncFilters {
  readonly status?: Sync['status'];
  readonly connection_id?: string;
}

export interface RunFilters {
  readonly kind?: SyncRun['kind'];
  readonly status?: SyncRun['status'];
}

export const syncsQuery = (filters: SyncFilters) =>
  listQuery<Sync>(['syncs', filters], (cursor) => answerOf(listSyncs({ query: { ...filters, limit: 100, cursor } })));

/** To choose from. */
export const allSyncsQuery = () => wholeQuery<Sync>(['syncs', 'all'], (page) => answerOf(listSyncs({ query: page })));

export const syncQuery = (id: string) =>
  queryOptions({
    queryKey: ['sync', id],
    queryFn: () => answerOf(getSync({ path: { id } })),
    refetchInterval: 5_000,
  });

export const runsQuery = (id: string, filters: RunFilters) =>
  listQuery<SyncRun>(['sync', id, 'runs', filters], (cursor) =>
    answerOf(listSyncRuns({ path: { id }, query: { ...filters, limit: 50, cursor } })),
  );

export const hookQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['connection', connectionId, 'hook'],
    queryFn: () => answerOf(getConnectionHook({ path: { id: connectionId } })),
    refetchInterval: 10_000,
  });
