import { listSavedFilters, type SavedFilter } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export type FilteredView = SavedFilter['view'];

export const savedFiltersQuery = (view: FilteredView) =>
  queryOptions({
    queryKey: ['saved-filters', view],
    queryFn: () => answerOf(listSavedFilters({ query: { view } })),
    staleTime: 60_000,
  });
