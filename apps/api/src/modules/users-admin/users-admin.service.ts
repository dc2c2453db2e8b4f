import { Inject, Injectable } from '@nestjs/common';
import { appendToChains, unnamed, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { findTenant, hashPassword, insertMembership, insertUser, type Role } from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { refusedPassword } from '../sign-in/account.service';
import { type UserResponse } from './dto/user.response';

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
  constructor(@Inject(OPERATOR_DATABASE) private readonly identity: Database) {}

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
}

const EMAIL_TAKEN = problem('conflict', 'email_taken', 'There is an account with this e-mail already.', {
  faults: [{ pointer: '/email', code: 'email_taken', message: 'There is an account with this e-mail already' }],
});

function unknownTenant(index: number): Problem {
  return problem('unprocessable', 'unknown_tenant', 'There is no such tenant.', {
    faults: [{ pointer: `/memberships/${index}/tenant_id`, code: 'unknown_tenant', message: 'No such tenant' }],
  });
}
