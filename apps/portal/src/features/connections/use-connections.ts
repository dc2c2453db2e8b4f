import { type Connection } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { allConnectionsQuery } from './connections.queries';

export interface KnownConnections {
  readonly all: readonly Connection[] | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
  readonly find: (id: string) => Connection | undefined;
  /** Its name, or the id while it is not known. */
  readonly nameOf: (id: string) => string;
}

/** The tenant's connections, for pages that only hold their ids. */
export function useConnections(): KnownConnections {
  const { data, error, refetch } = useQuery(allConnectionsQuery());
  const byId = useMemo(() => new Map(data?.map((connection) => [connection.id, connection])), [data]);
  return {
    all: data,
    error,
    refetch,
    find: (id) => byId.get(id),
    nameOf: (id) => byId.get(id)?.name ?? id,
  };
}
