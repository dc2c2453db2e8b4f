import { within } from '@hub/platform';
import { type Database } from './database';

const PROBE_MS = 2_000;

/** Whether each of the logins is answered. Each has a role and connections of its own: that one gets in says nothing of the others. */
export async function allAnswer(logins: readonly Pick<Database, 'query'>[]): Promise<boolean> {
  const answers = (login: Pick<Database, 'query'>): Promise<unknown> =>
    within(login.query('select 1'), PROBE_MS).catch(() => null);
  return !(await Promise.all(logins.map(answers))).includes(null);
}
