import { getActivity, listAlerts, listDeadLetterGroups } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export const openAlertsQuery = () =>
  queryOptions({
    queryKey: ['alerts', 'open'],
    queryFn: () => answerOf(listAlerts({ query: { status: 'open', limit: 20 } })),
    refetchInterval: 15_000,
  });

export const topDeadLettersQuery = () =>
  queryOptions({
    queryKey: ['dead-letters', 'top'],
    queryFn: () => answerOf(listDeadLetterGroups({ query: { limit: 5 } })),
    refetchInterval: 15_000,
  });

export const activityQuery = () =>
  queryOptions({
    queryKey: ['activity'],
    queryFn: () => answerOf(getActivity({})),
    refetchInterval: 30_000,
  });
