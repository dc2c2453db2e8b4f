import { type FastifyRequest } from 'fastify';
import { type ChainEntry } from '@hub/audit';
import { type Tx } from '@hub/database';
import { toPublicId } from '@hub/platform';
import { endChallengesOf, endSessions, listMemberships, takeOverUser, type UserRow } from '@hub/tenancy';
import { personActor } from './person.actor';

/**
 * The e-mail's owner comes into an account that stood by one tenant's word alone: whoever made it may have been anybody with
 * that tenant's link. Password, second factor, sessions and links all end, so that nobody gets in who did before.
 * The user's row must be locked.
 * @returns what to record, last in the transaction, in each company that the account belongs to
 */
export async function proveByTakingOver(
  tx: Tx,
  request: FastifyRequest,
  user: UserRow,
  wanted: { readonly name: string | null; readonly passwordHash: string | null; readonly how: 'invitation' | 'sso' },
): Promise<ChainEntry[]> {
  await takeOverUser(tx, user.id, wanted);
  await endSessions(tx, user.id, null);
  await endChallengesOf(tx, user.id);
  const entry = {
    action: 'user.email_proved',
    actor: personActor(request, user),
    target: { type: 'user', id: toPublicId('user', user.id) },
    details: { how: wanted.how },
  };
  return (await listMemberships(tx, user.id)).map(({ tenant_id: tenantId }) => ({ tenantId, entry }));
}
