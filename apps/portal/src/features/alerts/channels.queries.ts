import { listAlertChannels, type AlertChannel } from '@hub/api-client';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';

export const channelsQuery = () =>
  listQuery<AlertChannel>(['alert-channels'], (cursor) =>
    answerOf(listAlertChannels({ query: { limit: 100, cursor } })),
  );

/** Without a channel an alert reaches whoever happens to look, and nobody else. */
export function useWhoIsTold(): { readonly isLoading: boolean; readonly isNobody: boolean } {
  const { rows, isLoading, error } = useList(channelsQuery());
  return { isLoading, isNobody: !isLoading && error === null && !rows.some(({ enabled }) => enabled) };
}
