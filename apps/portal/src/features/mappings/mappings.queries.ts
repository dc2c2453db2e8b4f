import {
  getBacktest,
  getMapping,
  getMappingVersion,
  listBacktestItems,
  listBacktests,
  listCanonicalTypes,
  listDeliveries,
  listEvents,
  listGoldenCases,
  listMappingFunctions,
  listMappings,
  listMappingTemplates,
  listMappingVersions,
  listRoutes,
  listSyncs,
  type Backtest,
  type BacktestItem,
  type ListBacktestItemsData,
  type Mapping,
  type MappingVersionListResponse,
  type Route,
  type Sync,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery, wholeList, wholeQuery } from '../../lib/pages';

export type VersionSummary = MappingVersionListResponse['data'][number];

export const mappingsQuery = () =>
  listQuery<Mapping>(['mappings'], (cursor) => answerOf(listMappings({ query: { limit: 100, cursor } })));

export const mappingQuery = (id: string) =>
  queryOptions({ queryKey: ['mapping', id], queryFn: () => answerOf(getMapping({ path: { id } })) });

export const versionQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['mapping', id, 'version', version],
    queryFn: () => answerOf(getMappingVersion({ path: { id, version: String(version) } })),
    staleTime: 60_000,
  });

export const versionsQuery = (id: string) =>
  listQuery<VersionSummary>(['mapping', id, 'versions'], (cursor) =>
    answerOf(listMappingVersions({ path: { id }, query: { limit: 50, cursor } })),
  );

export const goldenCasesQuery = (id: string) =>
  queryOptions({
    queryKey: ['mapping', id, 'golden-cases'],
    queryFn: async () => (await answerOf(listGoldenCases({ path: { id } }))).data,
  });

export interface MappingUses {
  readonly routes: readonly Route[];
  readonly syncs: readonly Sync[];
}

/** To choose from, and for their names. */
export const allMappingsQuery = () =>
  wholeQuery<Mapping>(['mappings', 'all'], (page) => answerOf(listMappings({ query: page })));

/** Every route and sync, to be sorted by their mappings. */
export const usesQuery = () =>
  queryOptions({
    queryKey: ['mapping-uses'],
    queryFn: async (): Promise<MappingUses> => {
      const [routes, syncs] = await Promise.all([
        wholeList<Route>((page) => answerOf(listRoutes({ query: page }))),
        wholeList<Sync>((page) => answerOf(listSyncs({ query: page }))),
      ]);
      return { routes, syncs };
    },
    staleTime: 30_000,
  });

export function usesOf(uses: MappingUses, mappingId: string): MappingUses {
  return {
    routes: uses.routes.filter(({ mapping_id: id }) => id === mappingId),
    syncs: uses.syncs.filter(({ mapping_id: id }) => id === mappingId),
  };
}

/** They come with the hub: they change when it does. */
export const templatesQuery = () =>
  queryOptions({
    queryKey: ['mapping-templates'],
    queryFn: async () => (await answerOf(listMappingTemplates({}))).data,
    staleTime: Infinity,
  });

export const canonicalTypesQuery = () =>
  queryOptions({
    queryKey: ['canonical-types'],
    queryFn: async () => (await answerOf(listCanonicalTypes({}))).data,
    staleTime: Infinity,
  });

export const functionsQuery = () =>
  queryOptions({
    queryKey: ['mapping-functions'],
    queryFn: async () => (await answerOf(listMappingFunctions({}))).data,
    staleTime: Infinity,
  });

export const backtestsQuery = (id: string) =>
  listQuery<Backtest>(['mapping', id, 'backtests'], (cursor) =>
    answerOf(listBacktests({ path: { id }, query: { limit: 20, cursor } })),
  );

const GOES_ON: ReadonlySet<string> = new Set(['queued', 'pending', 'running']);
const LOOK_EVERY_MS = 1_000;

export function goesOn({ ended_at: ended, status }: Backtest): boolean {
  return ended === null && GOES_ON.has(status);
}

export const backtestQuery = (id: string, backtestId: string) =>
  queryOptions({
    queryKey: ['mapping', id, 'backtest', backtestId],
    queryFn: () => answerOf(getBacktest({ path: { id, backtest_id: backtestId } })),
    refetchInterval: ({ state }) => (state.data !== undefined && goesOn(state.data) ? LOOK_EVERY_MS : false),
  });

type ItemFilter = Pick<NonNullable<ListBacktestItemsData['query']>, 'outcome'>;

/** @param compared how many there are so far: more of them are another list */
export const backtestItemsQuery = (id: string, backtestId: string, filter: ItemFilter, compared: number) =>
  listQuery<BacktestItem>(['mapping', id, 'backtest', backtestId, 'items', filter, compared], (cursor) =>
    answerOf(listBacktestItems({ path: { id, backtest_id: backtestId }, query: { ...filter, limit: 25, cursor } })),
  );

/** An event that a mapping had to do with. */
export interface MappedEvent {
  readonly trackingId: string;
  readonly type: string;
  readonly status: string;
  readonly at: string;
}

const MOST_USES = 5;
const SHOWN = 30;

/** What its routes delivered and its syncs pulled last; the failed ones alone if so wanted. */
export const mappedEventsQuery = ({ routes, syncs }: MappingUses, onlyFailed: boolean) =>
  queryOptions({
    queryKey: ['mapped-events', routes.map(({ id }) => id), syncs.map(({ id }) => id), onlyFailed],
    queryFn: async (): Promise<MappedEvent[]> => {
      const pages = await Promise.all([
        ...routes.slice(0, MOST_USES).map(({ id }) => deliveredBy(id, onlyFailed)),
        ...syncs.slice(0, MOST_USES).map((sync) => pulledBy(sync.connection_id, onlyFailed)),
      ]);
      const byId = new Map(pages.flat().map((event) => [event.trackingId, event]));
      return [...byId.values()].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, SHOWN);
    },
    enabled: routes.length + syncs.length > 0,
  });

async function deliveredBy(routeId: string, onlyFailed: boolean): Promise<MappedEvent[]> {
  const status = onlyFailed ? { status: 'dead' as const } : {};
  const { data } = await answerOf(listDeliveries({ query: { route_id: routeId, ...status, limit: SHOWN } }));
  return data.map((row) => ({
    trackingId: row.event_tracking_id,
    type: row.event_type,
    status: row.status,
    at: row.created_at,
  }));
}

async function pulledBy(connectionId: string, onlyFailed: boolean): Promise<MappedEvent[]> {
  const status = onlyFailed ? { status: 'failed' as const } : {};
  const { data } = await answerOf(listEvents({ query: { source: `sync/${connectionId}`, ...status, limit: SHOWN } }));
  return data.map((row) => ({ trackingId: row.tracking_id, type: row.type, status: row.status, at: row.received_at }));
}
