import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { appendAudit, appendOperatorAudit, type AuditActor, type AuditEntry } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  csrfTokenOf,
  endSession,
  findSession,
  findSsoByEmail,
  hashToken,
  identifySession,
  insertSession,
  issueToken,
  listMemberships,
  listSessions,
  TenantDb,
  type MembershipRow,
  type SessionIdentity,
} from '@hub/tenancy';
import { SessionAccess } from '../../http/session-access';
import { clearSessionCookie, setSessionCookie } from '../../http/session-cookie';
import { OPERATOR_DATABASE } from '../../tokens';
import { personActor } from './person.actor';
import { sessionResponse, toListedSession, type ListedSessionResponse, type SessionResponse } from './session.mapper';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly isOperator: boolean;
}

const SSO_SESSION = problem(
  'forbidden',
  'sso_session',
  'You are signed in by your company, which vouches for you there alone: sign in with a password to work elsewhere.',
);

export function ssoRequired(slug: string): Problem {
  return problem('forbidden', 'sso_required', 'Your company lets its people in by its own sign-in page.', {
    extra: { tenant_slug: slug },
  });
}

/** Sessions of people: begun, shown, moved to another tenant, ended. */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SessionAccess) private readonly access: SessionAccess,
  ) {}

  /**
   * A new session under a new token (nobody can have planted it), with the record of it in one transaction.
   * @param how what the audit log says of it: `password`, `totp`, `sso`, `invitation`
   * @param tenantId where to begin; where the person belongs first if left out
   */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
    how: string,
    tenantId?: string,
  ): Promise<void> {
    const inside = tenantId ?? (await this.membershipsOf(person.id))[0]?.tenant_id ?? null;
    await this.open(request, reply, person, { inside, ssoTenantId: null }, how);
  }

  /** For whom a tenant's own provider vouches: in that tenant, and in no other as long as the session lasts. */
  async beginBySso(request: FastifyRequest, reply: FastifyReply, person: Person, tenantId: string): Promise<void> {
    await this.open(request, reply, person, { inside: tenantId, ssoTenantId: tenantId }, 'sso');
  }

  async describe(request: FastifyRequest, signedIn: SessionIdentity): Promise<SessionResponse> {
    const token = this.access.tokenOf(request) ?? '';
    return sessionResponse(signedIn, await this.membershipsOf(signedIn.session.user_id), csrfTokenOf(token));
  }

  /** In another tenant one has another session: what a page of the first still sends is refused. */
  async switchTo(
    request: FastifyRequest,
    reply: FastifyReply,
    { session }: SessionIdentity,
    tenantId: string,
  ): Promise<Result<SessionResponse, Problem>> {
    const memberships = await this.membershipsOf(session.user_id);
    const wanted = memberships.find((membership) => membership.tenant_id === tenantId);
    if (wanted === undefined) return err(notFound('tenant'));
    const ssoTenantId = session.sso_tenant_id;
    if (ssoTenantId !== null && ssoTenantId !== tenantId) return err(SSO_SESSION);
    if (ssoTenantId === null && wanted.role !== 'owner') {
      const sso = await this.identity.transaction((tx) => findSsoByEmail(tx, session.email));
      if (sso?.required === true && sso.tenant_id === tenantId) return err(ssoRequired(sso.slug));
    }
    const person = { id: session.user_id, email: session.email, isOperator: session.is_operator };
    const token = await this.open(request, reply, person, { inside: tenantId, ssoTenantId }, 'switch');
    await this.identity.transaction((tx) => endSession(tx, session.id, session.user_id));
    this.access.forget(request);
    const row = await this.identity.transaction((tx) => findSession(tx, hashToken(token)));
    if (row === null) throw new Error('a session that was just begun is not there');
    return ok(sessionResponse(identifySession(row), memberships, csrfTokenOf(token)));
  }

  async list({ session }: SessionIdentity): Promise<{ data: ListedSessionResponse[] }> {
    const rows = await this.identity.transaction((tx) => listSessions(tx, session.user_id));
    return { data: rows.map((row) => toListedSession(row, session.id)) };
  }

  async end(request: FastifyRequest, signedIn: SessionIdentity, id: string): Promise<Result<null, Problem>> {
    const ended = await this.identity.transaction((tx) => endSession(tx, id, signedIn.session.user_id));
    if (!ended) return err(notFound('session'));
    await this.record(request, signedIn, {
      action: 'session.ended',
      target: { type: 'session', id: toPublicId('session', id) },
    });
    return ok(null);
  }

  async signOut(request: FastifyRequest, reply: FastifyReply, signedIn: SessionIdentity): Promise<void> {
    const { session } = signedIn;
    await this.identity.transaction((tx) => endSession(tx, session.id, session.user_id));
    this.access.forget(request);
    clearSessionCookie(reply, this.access.cookies);
    await this.record(request, signedIn, {
      action: 'session.signed_out',
      target: { type: 'session', id: toPublicId('session', session.id) },
    });
  }

  /** Into the chain of the tenant where the person is, or the operators'. */
  async record(request: FastifyRequest, { session }: SessionIdentity, entry: Omit<AuditEntry, 'actor'>): Promise<void> {
    const actor = personActor(request, { id: session.user_id, email: session.email });
    await this.append(session.tenant_id, actor, entry);
  }

  async append(tenantId: string | null, actor: AuditActor, entry: Omit<AuditEntry, 'actor'>): Promise<void> {
    if (tenantId !== null) return this.tenants.run(tenantId, (tx) => appendAudit(tx, { ...entry, actor }));
    await this.identity.transaction((tx) => appendOperatorAudit(tx, { ...entry, actor }, null));
  }

  private membershipsOf(userId: string): Promise<MembershipRow[]> {
    return this.identity.transaction((tx) => listMemberships(tx, userId));
  }

  private async open(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
    { inside: tenantId, ssoTenantId }: { readonly inside: string | null; readonly ssoTenantId: string | null },
    how: string,
  ): Promise<string> {
    const { token, hash } = issueToken();
    const origin = { ip: request.ip, userAgent: request.headers['user-agent'] ?? null };
    const session = { id: newUuid(), userId: person.id, tenantId, tokenHash: hash, origin, ssoTenantId };
    const entry: AuditEntry = {
      action: 'session.signed_in',
      actor: personActor(request, person),
      target: { type: 'session', id: toPublicId('session', session.id) },
      details: { how },
    };
    if (tenantId === null)
      await this.identity.transaction(async (tx) => {
        await insertSession(tx, session);
        await appendOperatorAudit(tx, entry, null);
      });
    else
      await this.tenants.run(tenantId, async (tx) => {
        await insertSession(tx, session);
        await appendAudit(tx, entry);
      });
    setSessionCookie(reply, token, this.access.cookies);
    return token;
  }
}
