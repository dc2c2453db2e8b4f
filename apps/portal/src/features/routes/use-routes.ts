import { listRoutes, type Route } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf } from '../../lib/api';

export interface KnownRoutes {
  readonly all: readonly Route[];
  /** Its name, or the id of one that is not among those at hand. */
  readonly nameOf: (id: string) => string;
}

/** The tenant's routes, for pages that only hold their ids. */
export function useRoutes(): KnownRoutes {
  const { data } = useQuery({
    queryKey: ['routes', 'all'],
    queryFn: () => answerOf(listRoutes({ query: { limit: 200 } })),
  });
  const byId = useMemo(() => new Map(data?.data.map((route) => [route.id, route.name])), [data]);
  return { all: data?.data ?? [], nameOf: (id) => byId.get(id) ?? id };
}
