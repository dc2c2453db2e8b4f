import { listRecipes, listSyncs } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export const recipesQuery = (source: string, target: string) =>
  queryOptions({
    queryKey: ['recipes', source, target],
    queryFn: () => answerOf(listRecipes({ query: { source_connection_id: source, target_connection_id: target } })),
  });

export const syncsOfQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['syncs', 'of', connectionId],
    queryFn: () => answerOf(listSyncs({ query: { connection_id: connectionId, limit: 100 } })),
  });
