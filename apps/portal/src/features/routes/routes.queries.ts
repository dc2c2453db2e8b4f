import { getEvent, getRoute, listEvents, listRoutes, type Route } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery, wholeQuery } from '../../lib/pages';
import { matchesPattern } from './event-pattern';

export interface RouteFilters {
  readonly connection_id?: string;
  readonly mapping_id?: string;
  readonly enabled?: 'true' | 'false';
}

export const routesQuery = (filters: RouteFilters) =>
  listQuery<Route>(['routes', filters], (cursor) =>
    answerOf(listRoutes({ query: { ...filters, limit: 100, cursor } })),
  );

/** To choose from, and for their names. */
export const allRoutesQuery = () =>
  wholeQuery<Route>(['routes', 'all'], (page) => answerOf(listRoutes({ query: page })));

export const routeQuery = (id: string) =>
  queryOptions({ queryKey: ['route', id], queryFn: () => answerOf(getRoute({ path: { id } })) });

/** The newest event that a route of this pattern would be asked about, with its payload; null when there is none at hand. */
export async function newestEventOf(pattern: string): Promise<Awaited<ReturnType<typeof payloadOf>> | null> {
  const { data } = await answerOf(listEvents({ query: { limit: 100 } }));
  const found = data.find(({ type }) => matchesPattern(pattern, type));
  return found === undefined ? null : payloadOf(found.tracking_id);
}

function payloadOf(trackingId: string) {
  return answerOf(getEvent({ path: { tracking_id: trackingId }, query: { include: 'payload' } }));
}
