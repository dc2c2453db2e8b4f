import { getBalance, getMe, getUsage } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { everyDay } from './every-day';
import { rateLimitOf } from './rate-limit';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const usageOfDaysQuery = (days: number) =>
  queryOptions({
    queryKey: ['usage', 'days', days],
    queryFn: () => {
      const now = hubNow();
      const from = now - (days - 1) * DAY_MS;
      return answerOf(getUsage({ query: { from: dayOf(from), to: dayOf(now) } })).then(everyDay);
    },
    refetchInterval: 15_000,
  });

export const limitsQuery = () =>
  queryOptions({
    queryKey: ['limits'],
    queryFn: async () => {
      const asked = getMe({});
      const me = await answerOf(asked);
      return { ...me, api: rateLimitOf((await asked).response?.headers ?? new Headers()) };
    },
    refetchInterval: 15_000,
  });

export const balanceOfHoursQuery = (hours: number) =>
  queryOptions({
    queryKey: ['balance', 'hours', hours],
    queryFn: () => {
      const to = Math.ceil(hubNow() / HOUR_MS) * HOUR_MS;
      const query = { from: new Date(to - hours * HOUR_MS).toISOString(), to: new Date(to).toISOString() };
      return answerOf(getBalance({ query }));
    },
    refetchInterval: 30_000,
  });
