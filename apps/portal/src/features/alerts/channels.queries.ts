import { listAlertChannels, type AlertChannel } from '@hub/api-client';
import { answerOf } from '../../lib/api';
import { listQuery, useList, wholeQuery } from '../../lib/pages';

export const channelsQuery = () =>
  listQuery<AlertChannel>(['alert-channels'], (cursor) =>
    answerOf(listAlertChannels({ query: { limit: 100, cursor } })),
  );

/** To choose from. */
export const allChannelsQuery = () =>
  wholeQuery<AlertChannel>(['alert-channels', 'all'], (page) => answerOf(listAlertChannels({ query: page })));

/** Without a channel an alert reaches whoever happens to look, and nobody else. */
export function useWhoIsTold(): { readonly isFirstLook: boolean; readonly isNobody: boolean } {
  const { rows, isFirstLook, isKnown } = useList(channelsQuery());
  return { isFirstLook, isNobody: isKnown && !rows.some(({ enabled }) => enabled) };
}
