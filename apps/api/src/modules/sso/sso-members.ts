import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { appendToChains } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, ok, toPublicId, type Result } from '@hub/platform';
import {
  acceptInvitation,
  findMembership,
  findTenant,
  insertMembership,
  insertUser,
  lockInvitationOf,
  lockUserByEmail,
  type SsoEntry,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { Letters } from '../mail/letters';
import { proveByTakingOver } from '../sign-in/email-proof';
import { personActor } from '../sign-in/person.actor';
import { type Person } from '../sign-in/sessions.service';

/** Known, vouched for, and still not let in. */
export type Refusal = 'sso_email_unverified' | 'sso_wrong_domain' | 'sso_disabled' | 'sso_operator';

interface Vouched {
  readonly email: string;
  readonly name: string;
}

interface Admitted {
  readonly person: Person;
  /** To who had an account before they came here. */
  readonly letter: { readonly tenantName: string; readonly takenOver: 'sso' | null } | null;
}

const LONGEST_NAME = 200;

/** People of a company as its own provider sends them: known ones, invited ones, and new ones. */
@Injectable()
export class SsoMembers {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(Letters) private readonly letters: Letters,
  ) {}

  /**
   * Whoever runs the hub is let in by nobody else's provider: it could make itself the hub's operator. An account that stands
   * by another tenant's word is taken over, lest whoever made it there come in here.
   */
  async admit(request: FastifyRequest, sso: SsoEntry, vouched: Vouched): Promise<Result<Person, Refusal>> {
    const { email } = vouched;
    const admitted = await this.identity.transaction(async (tx): Promise<Result<Admitted, Refusal>> => {
      const invitation = await lockInvitationOf(tx, sso.tenant_id, email);
      const name = plain(vouched.name);
      const isNewcomer = await insertUser(tx, {
        id: newUuid(),
        email,
        name,
        passwordHash: null,
        isOperator: false,
        vouchedTenantId: null,
      });
      const user = await lockUserByEmail(tx, email);
      if (user === null) throw new Error('a person who was just written is not there');
      if (user.is_operator) return err('sso_operator');
      if (user.disabled_at !== null) return err('sso_disabled');
      const person = { id: user.id, email, isOperator: false };
      const membership = await findMembership(tx, sso.tenant_id, user.id);
      if (membership !== null)
        return membership.status === 'active' ? ok({ person, letter: null }) : err('sso_disabled');
      const isOthers = user.vouched_tenant_id !== null && user.vouched_tenant_id !== sso.tenant_id;
      const proved = isOthers
        ? await proveByTakingOver(tx, request, user, { name, passwordHash: null, how: 'sso' })
        : [];
      const role = invitation?.role ?? sso.default_role;
      const canReadPayloads = invitation?.can_read_payloads ?? false;
      const isNew = await insertMembership(tx, {
        tenantId: sso.tenant_id,
        id: newUuid(),
        userId: user.id,
        role,
        canReadPayloads,
      });
      if (invitation !== null) await acceptInvitation(tx, invitation.id);
      const entry = {
        action: 'member.joined',
        actor: personActor(request, person),
        target: { type: 'user', id: toPublicId('user', person.id) },
        after: { role },
        details: { how: 'sso' },
      };
      await appendToChains(tx, [...proved, ...(isNew ? [{ tenantId: sso.tenant_id, entry }] : [])]);
      if (isNewcomer) return ok({ person, letter: null });
      const tenantName = (await findTenant(tx, sso.tenant_id))?.name ?? sso.slug;
      return ok({ person, letter: { tenantName, takenOver: isOthers ? 'sso' : null } });
    });
    if (!admitted.ok) return admitted;
    const { person, letter } = admitted.value;
    if (letter !== null) this.letters.joined(email, letter.tenantName, letter.takenOver);
    return ok(person);
  }
}

/** A provider's text is a stranger's: no control characters, and not without end. */
function plain(name: string): string {
  return (
    name
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME) || 'Unnamed'
  );
}
