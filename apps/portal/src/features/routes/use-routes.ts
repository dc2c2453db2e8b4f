import { type Route } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { allRoutesQuery } from './routes.queries';

export interface KnownRoutes {
  readonly all: readonly Route[];
  /** Its name, or the id while it is not known. */
  readonly nameOf: (id: string) => string;
}

const NONE: readonly Route[] = [];

/** The tenant's routes, for pages that only hold their ids. */
export function useRoutes(): KnownRoutes {
  const { data = NONE } = useQuery(allRoutesQuery());
  const byId = useMemo(() => new Map(data.map((route) => [route.id, route.name])), [data]);
  return { all: data, nameOf: (id) => byId.get(id) ?? id };
}
