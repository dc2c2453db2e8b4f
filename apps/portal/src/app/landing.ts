import { listEvents } from '@hub/api-client';
import { answerOf } from '../lib/api';
import { type Session } from '../lib/session';

export type Landing = '/overview' | '/events' | '/audit' | '/quickstart' | '/operator';

/**
 * Where somebody begins: who repairs at the search, who audits at the log, who connects a program at how to do that, for as long
 * as nothing was ever sent; everybody else at how things stand.
 */
export async function landingOf({ tenant, role, is_operator: isOperator }: Session): Promise<Landing> {
  if (tenant === null) return isOperator ? '/operator' : '/overview';
  if (role === 'support') return '/events';
  if (role === 'compliance') return '/audit';
  if (role === 'developer') return (await hasEvents()) ? '/overview' : '/quickstart';
  return '/overview';
}

async function hasEvents(): Promise<boolean> {
  const events = await answerOf(listEvents({ query: { limit: 1 } })).catch(() => null);
  return events === null || events.data.length > 0;
}
