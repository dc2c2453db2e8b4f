import { getAlert, getAlertChannel, listAlertRules } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: () => answerOf(getAlert({ path: { id } })),
    refetchInterval: 10_000,
  });

export const rulesQuery = () =>
  queryOptions({ queryKey: ['alert-rules'], queryFn: () => answerOf(listAlertRules({})) });

export const channelQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert-channels', id],
    queryFn: () => answerOf(getAlertChannel({ path: { id } })),
  });
