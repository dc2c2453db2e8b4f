import { getBalance, getUsage, listAlerts, listConnections, listDeadLetterGroups } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';

const HOUR_MS = 3_600_000;

/** The last 24 hours, to the hour that has begun: a figure that means something at any minute. */
export const balanceQuery = () =>
  queryOptions({
    queryKey: ['balance'],
    queryFn: () => {
      const to = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
      return answerOf(
        getBalance({
          query: { from: new Date(to - 24 * HOUR_MS).toISOString(), to: new Date(to).toISOString() },
        }),
      );
    },
    refetchInterval: 15_000,
  });

export const usageQuery = () =>
  queryOptions({ queryKey: ['usage'], queryFn: () => answerOf(getUsage({})), refetchInterval: 60_000 });

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

export const allConnectionsQuery = () =>
  queryOptions({
    queryKey: ['connections', 'all'],
    queryFn: () => answerOf(listConnections({ query: { limit: 200 } })),
    refetchInterval: 30_000,
  });
