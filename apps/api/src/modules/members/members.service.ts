import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import {
  err,
  fromPublicId,
  newUuid,
  notFound,
  ok,
  problem,
  toPublicId,
  type Problem,
  type Result,
} from '@hub/platform';
import {
  countOtherOwners,
  deleteInvitation,
  deleteMember,
  findMember,
  findTenant,
  issueToken,
  isMember,
  listPeople,
  lockMemberships,
  mayGrant,
  TenantDb,
  updateMember,
  upsertInvitation,
  type KeyIdentity,
  type MemberRow,
  type PersonRow,
  type Role,
} from '@hub/tenancy';
import { type Page } from '../../http/pagination';
import { PUBLIC_URL } from '../../tokens';
import { Letters } from '../mail/letters';
import { SendingLimits } from '../mail/sending-limits';
import { type InvitationResponse, type MemberResponse } from './dto/member.response';
import { toInvitedResponse, toMemberResponse } from './member.mapper';

export interface MemberChange {
  readonly role?: Role;
  readonly can_read_payloads?: boolean;
  readonly status?: 'active' | 'disabled';
}

interface Invited {
  readonly tenantName: string;
  readonly answer: InvitationResponse;
}

const LAST_OWNER = problem('conflict', 'last_owner', 'This is the last owner: make somebody else one first.');

/** Who belongs to a tenant, and as what. */
@Injectable()
export class MembersService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    @Inject(Letters) private readonly letters: Letters,
    @Inject(SendingLimits) private readonly limits: SendingLimits,
  ) {}

  list(tenantId: string, page: Page): Promise<PersonRow[]> {
    return this.tenants.run(tenantId, (tx) => listPeople(tx, { ...page, limit: page.limit + 1 }));
  }

  /**
   * Asked for a second time, it makes a new link and the old one stops working. The mail has another link than the answer:
   * whoever follows that one reads this mailbox, and is not who has invited.
   */
  async invite(
    caller: KeyIdentity,
    actor: AuditActor,
    wanted: { readonly email: string; readonly role: Role; readonly can_read_payloads?: boolean },
  ): Promise<Result<InvitationResponse, Problem>> {
    const email = wanted.email.toLowerCase();
    const refused =
      beyond(caller, wanted.role) ??
      (this.letters.canSend ? await this.limits.invitation(caller.tenantId, email) : null);
    if (refused !== null) return err(refused);
    const { token, hash } = issueToken();
    const mailed = issueToken();
    const invited = await this.tenants.run(caller.tenantId, async (tx): Promise<Result<Invited, Problem>> => {
      if (await isMember(tx, email))
        return err(
          problem('conflict', 'already_member', 'This person belongs here already.', {
            faults: [{ pointer: '/email', code: 'already_member', message: 'Belongs here already' }],
          }),
        );
      const row = await upsertInvitation(tx, {
        id: newUuid(),
        email,
        role: wanted.role,
        canReadPayloads: wanted.can_read_payloads ?? false,
        tokenHash: hash,
        mailedTokenHash: this.letters.canSend ? mailed.hash : null,
      });
      const member = toInvitedResponse(row);
      await appendAudit(tx, {
        action: 'member.invited',
        actor,
        target: { type: 'member', id: member.id },
        after: { role: member.role, can_read_payloads: member.can_read_payloads },
      });
      // Relative where the hub does not know its own address: whoever shows it does.
      const invitationUrl = `${this.publicUrl ?? ''}/invitation/${token}`;
      const answer = { member, invitation_url: invitationUrl, mailed: this.letters.canSend };
      const { name } = (await findTenant(tx, caller.tenantId)) ?? { name: 'the company' };
      return ok({ tenantName: name, answer: { ...answer, expires_at: row.expires_at.toISOString() } });
    });
    if (!invited.ok) return invited;
    this.letters.invitation(email, invited.value.tenantName, mailed.token);
    return ok(invited.value.answer);
  }

  async update(
    caller: KeyIdentity,
    actor: AuditActor,
    id: string,
    change: MemberChange,
  ): Promise<Result<MemberResponse, Problem>> {
    return this.changing(caller, id, change.role, async (tx, before) => {
      const losesOwner =
        before.role === 'owner' &&
        ((change.role !== undefined && change.role !== 'owner') || change.status === 'disabled');
      if (losesOwner && (await countOtherOwners(tx, before.id)) === 0) return err(LAST_OWNER);
      await updateMember(tx, before.id, {
        role: change.role,
        canReadPayloads: change.can_read_payloads,
        status: change.status,
      });
      const after = await findMember(tx, before.id);
      if (after === null) return err(notFound('member'));
      await appendAudit(tx, {
        action: 'member.updated',
        actor,
        target: targetOf(before),
        before: grantsOf(before),
        after: grantsOf(after),
      });
      return ok(toMemberResponse(after));
    });
  }

  async remove(caller: KeyIdentity, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    const invitationId = fromPublicId('invitation', id);
    if (invitationId !== null) return this.uninvite(caller, actor, invitationId);
    return this.changing(caller, id, undefined, async (tx, before) => {
      if (before.role === 'owner' && (await countOtherOwners(tx, before.id)) === 0) return err(LAST_OWNER);
      await deleteMember(tx, before.id);
      await appendAudit(tx, { action: 'member.removed', actor, target: targetOf(before), before: grantsOf(before) });
      return ok(null);
    });
  }

  private uninvite(caller: KeyIdentity, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(caller.tenantId, async (tx) => {
      const row = await deleteInvitation(tx, id);
      if (row === null) return err(notFound('member'));
      const target = { type: 'member', id: toPublicId('invitation', row.id) };
      await appendAudit(tx, { action: 'member.uninvited', actor, target, before: { role: row.role } });
      return ok(null);
    });
  }

  private changing<T>(
    caller: KeyIdentity,
    id: string,
    granted: Role | undefined,
    work: (tx: Parameters<typeof findMember>[0], before: MemberRow) => Promise<Result<T, Problem>>,
  ): Promise<Result<T, Problem>> {
    const memberId = fromPublicId('member', id);
    if (memberId === null) return Promise.resolve(err(notFound('member')));
    return this.tenants.run(caller.tenantId, async (tx) => {
      await lockMemberships(tx);
      const before = await findMember(tx, memberId);
      if (before === null) return err(notFound('member'));
      const refused = beyond(caller, before.role) ?? (granted === undefined ? null : beyond(caller, granted));
      return refused === null ? work(tx, before) : err(refused);
    });
  }
}

/** Whoever is no owner neither makes nor unmakes one. */
export function beyond(caller: KeyIdentity, role: Role): Problem | null {
  const granter: Role = caller.scopes.has('tenant:own') ? 'owner' : 'admin';
  if (mayGrant(granter, role)) return null;
  return problem('forbidden', 'insufficient_role', 'Only an owner decides about owners.');
}

function targetOf(member: MemberRow): { type: string; id: string } {
  return { type: 'member', id: toPublicId('member', member.id) };
}

function grantsOf({ role, can_read_payloads, status }: MemberRow): object {
  return { role, can_read_payloads, status };
}
