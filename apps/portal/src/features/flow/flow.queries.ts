import { getFlow } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export const flowQuery = () =>
  queryOptions({
    queryKey: ['flow'],
    queryFn: () => answerOf(getFlow({})),
    refetchInterval: 10_000,
  });
