import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, fromPublicId, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { findMember, findUser, isOnlyMemberOf, RESET_MINUTES, TenantDb, type KeyIdentity } from '@hub/tenancy';
import { OPERATOR_DATABASE, PUBLIC_URL } from '../../tokens';
import { PasswordResetsService } from '../sign-in/password-resets.service';
import { type ResetLinkResponse } from './dto/member.response';
import { beyond } from './members.service';

const BY_MAIL_ONLY = problem(
  'conflict',
  'reset_by_mail_only',
  'This account is not this company’s alone to decide about: the person asks for a new password by e-mail.',
);

/** New passwords for people who get no mail, vouched for by whoever decides about members. */
@Injectable()
export class ResetLinksService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(PasswordResetsService) private readonly resets: PasswordResetsService,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  /**
   * Not for people who work elsewhere too, or run the hub: with the link of one company its admin could choose a password and
   * walk into another. The same is asked when the link is used. Recorded before it is made, so that there is no link that the log does not know of.
   */
  async make(caller: KeyIdentity, actor: AuditActor, id: string): Promise<Result<ResetLinkResponse, Problem>> {
    const memberId = fromPublicId('member', id);
    const member = memberId === null ? null : await this.tenants.run(caller.tenantId, (tx) => findMember(tx, memberId));
    if (member === null) return err(notFound('member'));
    const refused = beyond(caller, member.role);
    if (refused !== null) return err(refused);
    const isOurs = await this.identity.transaction(async (tx) => {
      const user = await findUser(tx, member.user_id);
      return user !== null && !user.is_operator && (await isOnlyMemberOf(tx, user.id, caller.tenantId));
    });
    if (!isOurs) return err(BY_MAIL_ONLY);
    const target = { type: 'member', id: toPublicId('member', member.id) };
    await this.tenants.run(caller.tenantId, (tx) =>
      appendAudit(tx, { action: 'member.reset_link_made', actor, target }),
    );
    const token = await this.resets.issue(member.user_id, caller.tenantId);
    return ok({
      reset_url: `${this.publicUrl ?? ''}/password-reset/${token}`,
      expires_at: new Date(Date.now() + RESET_MINUTES * 60_000).toISOString(),
    });
  }
}
