import {
  getConnection,
  getConnectionHealth,
  getConnector,
  listConnections,
  listConnectors,
  listSchemaChanges,
  type Connection,
  type SchemaChange,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery, wholeQuery } from '../../lib/pages';

export const connectionsQuery = () =>
  listQuery<Connection>(['connections'], (cursor) => answerOf(listConnections({ query: { limit: 100, cursor } })));

/** To choose from, and for their names. */
export const allConnectionsQuery = () =>
  wholeQuery<Connection>(['connections', 'all'], (page) => answerOf(listConnections({ query: page })));

/** As many as it takes to see how far a company has come with setting up. */
export const firstConnectionsQuery = () =>
  queryOptions({
    queryKey: ['connections', 'first'],
    queryFn: () => answerOf(listConnections({ query: { limit: 200 } })),
    refetchInterval: 30_000,
  });

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

/** What each look at the vendor's objects found to be different from the one before, newest first. */
export const schemaChangesQuery = (id: string) =>
  listQuery<SchemaChange>(['connection', id, 'schema-changes'], (cursor) =>
    answerOf(listSchemaChanges({ path: { id }, query: { limit: 20, cursor } })),
  );

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
