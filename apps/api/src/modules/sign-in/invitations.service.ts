import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { appendToChains, type ChainEntry } from '@hub/audit';
import { type Database, type Tx } from '@hub/database';
import { err, newUuid, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  acceptInvitation,
  countFailure,
  findSsoByEmail,
  findUserByEmail,
  hashPassword,
  hashToken,
  insertMembership,
  insertUser,
  isPassword,
  lockInvitation,
  lockUserByEmail,
  type FollowedInvitation,
  type UserRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { Letters } from '../mail/letters';
import { refusedPassword } from './account.service';
import { proveByTakingOver } from './email-proof';
import { lockedFor } from './lock';
import { personActor } from './person.actor';
import { SessionsService, ssoRequired, type Person } from './sessions.service';

export interface ShownInvitation {
  readonly email: string;
  readonly tenant_name: string;
  readonly role: string;
  /** Whether a password is chosen now; who has an account, and has proved its e-mail, shows by their own that it is they. */
  readonly needs_password: boolean;
}

interface Entered {
  readonly person: Person;
  readonly hasSecondFactor: boolean;
  /** To record in the companies that the account belonged to before. */
  readonly proved: readonly ChainEntry[];
  /** What became of the account that there was. */
  readonly before: 'none' | 'kept' | 'taken_over';
}

interface Accepted extends Omit<Entered, 'proved'> {
  readonly invitation: FollowedInvitation;
  readonly isNewHere: boolean;
  /** Of the session. Null: a link and a password are not what this person is let in by. */
  readonly token: string | null;
}

interface Given {
  readonly name: string | null;
  readonly password: string;
  readonly passwordHash: string;
}

const WRONG_PASSWORD = problem(
  'forbidden',
  'wrong_password',
  'There is an account with this e-mail, and this is not its password.',
  {
    faults: [{ pointer: '/password', code: 'wrong_password', message: 'Not the password of this account' }],
  },
);
const NOT_PROVED = problem(
  'conflict',
  'email_not_proved',
  'There is an account with this e-mail for which one other company alone has vouched: follow the link that was mailed, not this one, or ask the operator of the hub to confirm the account by a link for a new password. An account with a second factor is confirmed only once that is removed.',
);
const NEEDS_PASSWORD = problem('unprocessable', 'password_required', 'A password is needed.', {
  faults: [{ pointer: '/password', code: 'required', message: 'A password is needed' }],
});

/** The other end of an invitation. Its link is a secret of its own: whoever has it can see what it is for, once. */
@Injectable()
export class InvitationsService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(Letters) private readonly letters: Letters,
  ) {}

  show(token: string): Promise<Result<ShownInvitation, Problem>> {
    return this.identity.transaction(async (tx) => {
      const invitation = await lockInvitation(tx, hashToken(token));
      if (invitation === null) return err(notFound('invitation'));
      const user = await findUserByEmail(tx, invitation.email);
      const { email, tenant_name, role } = invitation;
      return ok({ email, tenant_name, role, needs_password: user === null || provesNow(user, invitation) });
    });
  }

  async accept(
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
    { name, password }: { readonly name?: string; readonly password?: string },
  ): Promise<Result<{ status: 'signed_in' | 'accepted' }, Problem>> {
    if (password === undefined) return err(NEEDS_PASSWORD);
    const tokenHash = hashToken(token);
    // What somebody made up costs no hash of a password.
    if ((await this.identity.transaction((tx) => lockInvitation(tx, tokenHash))) === null)
      return err(notFound('invitation'));
    const given = { name: name ?? null, password, passwordHash: await hashPassword(password) };
    const tried: { user: UserRow | null } = { user: null };
    const done = await this.identity.transaction(async (tx): Promise<Result<Accepted, Problem>> => {
      const invitation = await lockInvitation(tx, tokenHash);
      if (invitation === null) return err(notFound('invitation'));
      const { email } = invitation;
      const sso = invitation.role === 'owner' ? null : await findSsoByEmail(tx, email);
      if (sso?.required === true && sso.tenant_id === invitation.tenant_id) return err(ssoRequired(sso.slug));
      const enter = async (): Promise<Result<Entered, Problem> | null> => {
        const known = await lockUserByEmail(tx, email);
        tried.user = known;
        return known === null ? newcomer(tx, invitation, given) : account(tx, request, invitation, known, given);
      };
      // Another tenant's invitation may have made the account in the same moment: then there is one.
      const entered = (await enter()) ?? (await enter());
      if (entered === null) throw new Error('an account with this e-mail is neither there nor can it be made');
      if (!entered.ok) return entered;
      const { proved, ...entrant } = entered.value;
      const { person } = entrant;
      const isNewHere = await insertMembership(tx, {
        tenantId: invitation.tenant_id,
        id: newUuid(),
        userId: person.id,
        role: invitation.role,
        canReadPayloads: invitation.can_read_payloads,
      });
      await acceptInvitation(tx, invitation.id);
      const entry = {
        action: 'member.joined',
        actor: personActor(request, person),
        target: { type: 'user', id: toPublicId('user', person.id) },
        after: { role: invitation.role },
      };
      const opened = entrant.hasSecondFactor
        ? null
        : await this.sessions.open(tx, request, person, 'invitation', invitation.tenant_id);
      const records = [...proved, { tenantId: invitation.tenant_id, entry }, ...(opened?.records ?? [])];
      await appendToChains(tx, records);
      return ok({ ...entrant, invitation, isNewHere, token: opened?.token ?? null });
    });
    if (!done.ok) {
      // Whoever invites has the link: here, too, they could try somebody's password.
      if (done.error === WRONG_PASSWORD && tried.user !== null)
        await this.sessions.recordRefusalOf(request, tried.user, WRONG_PASSWORD.code);
      return done;
    }
    const { person, invitation, before, isNewHere, token: session } = done.value;
    if (before === 'taken_over' || (before === 'kept' && isNewHere))
      this.letters.joined(person.email, invitation.tenant_name, before === 'taken_over' ? 'invitation' : null);
    if (session === null) return ok({ status: 'accepted' });
    this.sessions.keep(request, reply, session);
    return ok({ status: 'signed_in' });
  }
}

/** @returns null: there is an account with this e-mail by now. */
async function newcomer(
  tx: Tx,
  invitation: FollowedInvitation,
  given: Given,
): Promise<Result<Entered, Problem> | null> {
  const { email, is_mailed: isMailed, tenant_id: tenantId } = invitation;
  const refused = refusedPassword(given.password, email, '/password');
  if (refused !== null) return err(refused);
  const person = { id: newUuid(), email, isOperator: false };
  const vouchedTenantId = isMailed ? null : tenantId;
  const { passwordHash, name } = given;
  if (!(await insertUser(tx, { ...person, name: name ?? email, passwordHash, vouchedTenantId }))) return null;
  return ok({ person, hasSecondFactor: false, proved: [], before: 'none' });
}

/**
 * Into the account that there is: by its password, or, where its e-mail was never proved and the link was mailed, as its owner.
 * By a link that the inviter handed over nobody takes an account of another tenant's word along: who else knows its
 * password would come in, too.
 */
async function account(
  tx: Tx,
  request: FastifyRequest,
  invitation: FollowedInvitation,
  known: UserRow,
  given: Given,
): Promise<Result<Entered, Problem>> {
  const person = { id: known.id, email: known.email, isOperator: known.is_operator };
  if (provesNow(known, invitation)) {
    const refused = refusedPassword(given.password, known.email, '/password');
    if (refused !== null) return err(refused);
    const proved = await proveByTakingOver(tx, request, known, { ...given, how: 'invitation' });
    return ok({ person, hasSecondFactor: false, proved, before: 'taken_over' });
  }
  if (known.vouched_tenant_id !== null && known.vouched_tenant_id !== invitation.tenant_id) return err(NOT_PROVED);
  const waits = lockedFor(known.locked_until);
  if (waits !== null) return err(waits);
  if (!(await isPassword(known.password_hash, given.password))) {
    await countFailure(tx, known.id);
    return err(WRONG_PASSWORD);
  }
  return ok({ person, hasSecondFactor: known.totp_confirmed_at !== null, proved: [], before: 'kept' });
}

function provesNow(user: UserRow, invitation: FollowedInvitation): boolean {
  return invitation.is_mailed && user.vouched_tenant_id !== null;
}
