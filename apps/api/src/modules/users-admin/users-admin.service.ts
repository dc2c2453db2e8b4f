import { Inject, Injectable } from '@nestjs/common';
import { appendToChains, unnamed, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  findTenant,
  findUserByEmail,
  hashPassword,
  insertChallenge,
  insertMembership,
  insertUser,
  issueToken,
  listMemberships,
  RESET_MINUTES,
  type Role,
  type UserRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE, PUBLIC_URL } from '../../tokens';
import { Letters } from '../mail/letters';
import { refusedPassword } from '../sign-in/account.service';
import { type UserResetLinkResponse, type UserResponse } from './dto/user.response';

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly is_operator?: boolean;
  readonly memberships?: readonly { readonly tenant_id: string; readonly role: Role }[];
}

/** The first people of a hub or a tenant, who have nobody to invite them. */
@Injectable()
export class UsersAdminService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    @Inject(Letters) private readonly letters: Letters,
  ) {}

  async create(actor: AuditActor, person: NewPerson): Promise<Result<UserResponse, Problem>> {
    const { name, password, is_operator: isOperator = false, memberships = [] } = person;
    const email = person.email.toLowerCase();
    const refused = refusedPassword(password, email, '/password');
    if (refused !== null) return err(refused);
    const id = newUuid();
    const passwordHash = await hashPassword(password);
    const publicId = toPublicId('user', id);
    const target = { type: 'user', id: publicId };
    return this.identity.transaction(async (tx): Promise<Result<UserResponse, Problem>> => {
      for (const [index, { tenant_id: tenantId }] of memberships.entries())
        if ((await findTenant(tx, tenantId)) === null) return err(unknownTenant(index));
      if (!(await insertUser(tx, { id, email, name, passwordHash, isOperator, vouchedTenantId: null })))
        return err(EMAIL_TAKEN);
      const given: (typeof memberships)[number][] = [];
      for (const membership of memberships) {
        const { tenant_id: tenantId, role } = membership;
        // Of two in one tenant the first holds.
        if (await insertMembership(tx, { tenantId, id: newUuid(), userId: id, role, canReadPayloads: false }))
          given.push(membership);
      }
      const places = given.map(({ tenant_id: id, role }) => ({ tenant_id: toPublicId('tenant', id), role }));
      const created = {
        action: 'user.created',
        actor,
        target,
        after: { is_operator: isOperator, memberships: places },
      };
      const joined = given.map(({ tenant_id: tenantId, role }) => ({
        tenantId,
        entry: unnamed({ action: 'member.joined', actor, target, after: { role } }),
      }));
      await appendToChains(tx, [{ tenantId: null, entry: created }, ...joined]);
      return ok({ id: publicId, email, name, is_operator: isOperator });
    });
  }

  /**
   * For whom no one tenant may decide and whom no mail reaches: without it, who lost their password by another tenant's
   * provider would never get into the first one again. An operator is believed, as when they make an account; the person gets a
   * letter that says so.
   */
  async resetLink(actor: AuditActor, email: string): Promise<Result<UserResetLinkResponse, Problem>> {
    const { token, hash } = issueToken();
    const made = await this.identity.transaction(async (tx): Promise<Result<UserRow, Problem>> => {
      const user = await findUserByEmail(tx, email);
      if (user === null || user.disabled_at !== null) return err(notFound('account'));
      await insertChallenge(tx, 'password_reset', user.id, hash);
      const target = { type: 'user', id: toPublicId('user', user.id) };
      const entry = { action: 'user.reset_link_made', actor, target };
      const told = (await listMemberships(tx, user.id)).map(({ tenant_id: tenantId }) => ({
        tenantId,
        entry: unnamed(entry),
      }));
      await appendToChains(tx, [{ tenantId: null, entry }, ...told]);
      return ok(user);
    });
    if (!made.ok) return made;
    this.letters.resetLinkMade(made.value.email);
    return ok({
      reset_url: `${this.publicUrl ?? ''}/password-reset/${token}`,
      expires_at: new Date(Date.now() + RESET_MINUTES * 60_000).toISOString(),
    });
  }
}

const EMAIL_TAKEN = problem('conflict', 'email_taken', 'There is an account with this e-mail already.', {
  faults: [{ pointer: '/email', code: 'email_taken', message: 'There is an account with this e-mail already' }],
});

function unknownTenant(index: number): Problem {
  return problem('unprocessable', 'unknown_tenant', 'There is no such tenant.', {
    faults: [{ pointer: `/memberships/${index}/tenant_id`, code: 'unknown_tenant', message: 'No such tenant' }],
  });
}
