import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { appendOperatorAudit } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { findTenant, issueToken, setActing, type SessionIdentity } from '@hub/tenancy';
import { NOT_SIGNED_IN, SessionAccess } from '../../http/session-access';
import { setSessionCookie } from '../../http/session-cookie';
import { OPERATOR_DATABASE } from '../../tokens';
import { personActor } from './person.actor';

const MINUTES = 60;
const NOT_AN_OPERATOR = problem('forbidden', 'not_an_operator', 'Only people who run the hub may enter a company.');
const NOT_ACTIVE = problem('conflict', 'tenant_not_active', 'Nobody is let into a company that is not active.');

/**
 * An operator inside a tenant: for a reason that the tenant reads in its own audit log, and for an hour. The session has
 * another token inside: each process of the API remembers for some seconds what it knows of a token, and would go on
 * answering as it did outside.
 */
@Injectable()
export class OperatorVisitsService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SessionAccess) private readonly access: SessionAccess,
  ) {}

  enter(
    request: FastifyRequest,
    reply: FastifyReply,
    signedIn: SessionIdentity,
    tenantId: string,
    reason: string,
  ): Promise<Result<null, Problem>> {
    return this.change(request, reply, signedIn, tenantId, reason);
  }

  async leave(request: FastifyRequest, reply: FastifyReply, signedIn: SessionIdentity): Promise<Result<null, Problem>> {
    const { tenant_id: tenantId, acting_reason: reason } = signedIn.session;
    if (tenantId === null || reason === null) return ok(null);
    return this.change(request, reply, signedIn, tenantId, null);
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    { session }: SessionIdentity,
    tenantId: string,
    reason: string | null,
  ): Promise<Result<null, Problem>> {
    if (!session.is_operator) return err(NOT_AN_OPERATOR);
    const { token, hash } = issueToken();
    const done = await this.identity.transaction(async (tx): Promise<Result<null, Problem>> => {
      const tenant = await findTenant(tx, tenantId);
      if (tenant === null) return err(notFound('tenant'));
      if (reason !== null && tenant.status !== 'active') return err(NOT_ACTIVE);
      const acting = reason === null ? null : { tenantId, reason, minutes: MINUTES };
      if (!(await setActing(tx, session.id, acting, hash))) return err(NOT_SIGNED_IN);
      const actor = {
        ...personActor(request, { id: session.user_id, email: session.email }),
        type: 'operator' as const,
      };
      const target = { type: 'tenant', id: toPublicId('tenant', tenantId), name: tenant.name };
      const action = reason === null ? 'operator.left' : 'operator.entered';
      await appendOperatorAudit(tx, { action, actor, target, reason }, tenantId);
      return ok(null);
    });
    this.access.forget(request);
    if (done.ok) setSessionCookie(reply, token, this.access.cookies);
    return done;
  }
}
