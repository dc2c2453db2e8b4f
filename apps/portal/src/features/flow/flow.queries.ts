import { getFlow, listRoutes } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export const flowQuery = () =>
  queryOptions({
    queryKey: ['flow'],
    queryFn: () => answerOf(getFlow({})),
    refetchInterval: 10_000,
  });

/** Whether there is one. */
export const anyRouteQuery = () =>
  queryOptions({ queryKey: ['routes', 'any'], queryFn: () => answerOf(listRoutes({ query: { limit: 1 } })) });
