import { getAlert, getAlertChannel, listAlertChannels, listAlertRules, type AlertChannel } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: () => answerOf(getAlert({ path: { id } })),
    refetchInterval: 10_000,
  });

export const rulesQuery = () =>
  queryOptions({ queryKey: ['alert-rules'], queryFn: () => answerOf(listAlertRules({})) });

export const channelsQuery = () =>
  listQuery<AlertChannel>(['alert-channels'], (cursor) =>
    answerOf(listAlertChannels({ query: { limit: 100, cursor } })),
  );

export const channelQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert-channels', id],
    queryFn: () => answerOf(getAlertChannel({ path: { id } })),
  });
