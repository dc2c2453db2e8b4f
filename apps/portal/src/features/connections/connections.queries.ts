import {
  getConnection,
  getConnectionHealth,
  getConnector,
  listConnections,
  listConnectors,
  type Connection,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';

export const connectionsQuery = () =>
  listQuery<Connection>(['connections'], (cursor) => answerOf(listConnections({ query: { limit: 100, cursor } })));

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connection', id],
    queryFn: () => answerOf(getConnection({ path: { id } })),
  });

export const healthQuery = (id: string) =>
  queryOptions({
    queryKey: ['connection', id, 'health'],
    queryFn: () => answerOf(getConnectionHealth({ path: { id } })),
    refetchInterval: 10_000,
  });

export const connectorsQuery = () =>
  queryOptions({
    queryKey: ['connectors'],
    queryFn: () => answerOf(listConnectors({})),
    staleTime: Infinity,
  });

export const connectorQuery = (id: string) =>
  queryOptions({
    queryKey: ['connectors', id],
    queryFn: () => answerOf(getConnector({ path: { id } })),
    staleTime: Infinity,
  });
