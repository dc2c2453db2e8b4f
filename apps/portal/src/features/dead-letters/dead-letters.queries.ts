import { listDeadLetterGroups, type ListDeadLetterGroupsData } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export type DeadLetterFilter = Omit<NonNullable<ListDeadLetterGroupsData['query']>, 'limit' | 'cursor'>;

/** Of all groups, however many there are: what a replay of the filter expects. */
export const deadLetterCountQuery = (filter: DeadLetterFilter) =>
  queryOptions({
    queryKey: ['dead-letters', 'count', filter],
    queryFn: async () => (await answerOf(listDeadLetterGroups({ query: { ...filter, limit: 1 } }))).total.dead_letters,
  });
