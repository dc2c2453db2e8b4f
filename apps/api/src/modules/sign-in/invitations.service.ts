import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { appendToChains } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  acceptInvitation,
  findSsoByEmail,
  findUserByEmail,
  hashPassword,
  hashToken,
  insertMembership,
  insertUser,
  isPassword,
  lockInvitation,
  type InvitationRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { refusedPassword } from './account.service';
import { personActor } from './person.actor';
import { SessionsService, ssoRequired, type Person } from './sessions.service';

export interface ShownInvitation {
  readonly email: string;
  readonly tenant_name: string;
  readonly role: string;
  /** Whether a password is chosen now; who has an account proves with their own that it is they. */
  readonly needs_password: boolean;
}

interface Accepted {
  readonly person: Person;
  readonly invitation: InvitationRow;
  readonly hasSecondFactor: boolean;
}

const WRONG_PASSWORD = problem(
  'forbidden',
  'wrong_password',
  'There is an account with this e-mail, and this is not its password.',
  {
    faults: [{ pointer: '/password', code: 'wrong_password', message: 'Not the password of this account' }],
  },
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
  ) {}

  show(token: string): Promise<Result<ShownInvitation, Problem>> {
    return this.identity.transaction(async (tx) => {
      const invitation = await lockInvitation(tx, hashToken(token));
      if (invitation === null) return err(notFound('invitation'));
      const user = await findUserByEmail(tx, invitation.email);
      const { email, tenant_name, role } = invitation;
      return ok({ email, tenant_name, role, needs_password: user === null });
    });
  }

  async accept(
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
    { name, password }: { readonly name?: string; readonly password?: string },
  ): Promise<Result<{ status: 'signed_in' | 'accepted' }, Problem>> {
    if (password === undefined) return err(NEEDS_PASSWORD);
    const passwordHash = await hashPassword(password);
    const done = await this.identity.transaction(async (tx): Promise<Result<Accepted, Problem>> => {
      const invitation = await lockInvitation(tx, hashToken(token));
      if (invitation === null) return err(notFound('invitation'));
      const { email } = invitation;
      const sso = invitation.role === 'owner' ? null : await findSsoByEmail(tx, email);
      if (sso?.required === true && sso.tenant_id === invitation.tenant_id) return err(ssoRequired(sso.slug));
      const known = await findUserByEmail(tx, email);
      if (known !== null && !(await isPassword(known.password_hash, password))) return err(WRONG_PASSWORD);
      const refused = known === null ? refusedPassword(password, email, '/password') : null;
      if (refused !== null) return err(refused);
      const id = known?.id ?? newUuid();
      if (known === null) await insertUser(tx, { id, email, name: name ?? email, passwordHash, isOperator: false });
      await insertMembership(tx, {
        tenantId: invitation.tenant_id,
        id: newUuid(),
        userId: id,
        role: invitation.role,
        canReadPayloads: invitation.can_read_payloads,
      });
      await acceptInvitation(tx, invitation.id);
      const person = { id, email, isOperator: known?.is_operator ?? false };
      const entry = {
        action: 'member.joined',
        actor: personActor(request, person),
        target: { type: 'user', id: toPublicId('user', id) },
        after: { role: invitation.role },
      };
      await appendToChains(tx, [{ tenantId: invitation.tenant_id, entry }]);
      return ok({ person, invitation, hasSecondFactor: known?.totp_confirmed_at != null });
    });
    if (!done.ok) return done;
    const { person, invitation, hasSecondFactor } = done.value;
    // A link and a password are not what this person is let in by.
    if (hasSecondFactor) return ok({ status: 'accepted' });
    await this.sessions.begin(request, reply, person, 'invitation', invitation.tenant_id);
    return ok({ status: 'signed_in' });
  }
}
