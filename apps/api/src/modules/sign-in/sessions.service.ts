import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  appendAudit,
  appendToChains,
  operatorEntries,
  type AuditActor,
  type AuditEntry,
  type ChainEntry,
} from '@hub/audit';
import { type Database, type Tx } from '@hub/database';
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
  type NewSession,
  type SessionIdentity,
  type SessionRow,
} from '@hub/tenancy';
import { NOT_SIGNED_IN, SessionAccess } from '../../http/session-access';
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

/** What was done; by whom, the request tells. */
export type Deed = Omit<AuditEntry, 'actor'>;

interface Begun {
  readonly token: string;
  readonly session: NewSession;
  readonly record: ChainEntry;
}

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
    await this.open(request, reply, begunBy(request, person, { inside, ssoTenantId: null }, how));
  }

  /** For whom a tenant's own provider vouches: in that tenant, and in no other as long as the session lasts. */
  async beginBySso(request: FastifyRequest, reply: FastifyReply, person: Person, tenantId: string): Promise<void> {
    await this.open(request, reply, begunBy(request, person, { inside: tenantId, ssoTenantId: tenantId }, 'sso'));
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
    const begun = begunBy(request, person, { inside: tenantId, ssoTenantId }, 'switch');
    const row = await this.identity.transaction(async (tx) => {
      // One that was ended elsewhere a moment ago must not live on in another.
      if (!(await endSession(tx, session.id, session.user_id))) return null;
      await insertSession(tx, begun.session);
      await appendToChains(tx, [begun.record, ...recordsOf(request, session, endedEntry(session.id))]);
      return findSession(tx, begun.session.tokenHash);
    });
    this.access.forget(request);
    if (row === null) return err(NOT_SIGNED_IN);
    setSessionCookie(reply, begun.token, this.access.cookies);
    return ok(sessionResponse(identifySession(row), memberships, csrfTokenOf(begun.token)));
  }

  async list({ session }: SessionIdentity): Promise<{ data: ListedSessionResponse[] }> {
    const rows = await this.identity.transaction((tx) => listSessions(tx, session.user_id));
    return { data: rows.map((row) => toListedSession(row, session.id)) };
  }

  async end(request: FastifyRequest, signedIn: SessionIdentity, id: string): Promise<Result<null, Problem>> {
    return this.identity.transaction(async (tx): Promise<Result<null, Problem>> => {
      if (!(await endSession(tx, id, signedIn.session.user_id))) return err(notFound('session'));
      await this.record(tx, request, signedIn, endedEntry(id));
      return ok(null);
    });
  }

  async signOut(request: FastifyRequest, reply: FastifyReply, signedIn: SessionIdentity): Promise<void> {
    const { session } = signedIn;
    await this.identity.transaction(async (tx) => {
      await endSession(tx, session.id, session.user_id);
      await this.record(tx, request, signedIn, {
        action: 'session.signed_out',
        target: { type: 'session', id: toPublicId('session', session.id) },
      });
    });
    this.access.forget(request);
    clearSessionCookie(reply, this.access.cookies);
  }

  /** What the person does here, in the transaction that does it, and last in it. */
  async record(tx: Tx, request: FastifyRequest, { session }: SessionIdentity, entry: Deed): Promise<void> {
    await appendToChains(tx, recordsOf(request, session, entry));
  }

  /** What came to nothing. */
  async recordRefusal(tenantId: string, actor: AuditActor, entry: Deed): Promise<void> {
    await this.tenants.run(tenantId, (tx) => appendAudit(tx, { ...entry, actor, outcome: 'refused' }));
  }

  /** Where the person belongs, somebody may be trying their name: their company should be able to see it. */
  async recordRefusalOf(request: FastifyRequest, person: Pick<Person, 'id' | 'email'>, code: string): Promise<void> {
    const target = { type: 'user', id: toPublicId('user', person.id) };
    for (const { tenant_id: tenantId } of await this.membershipsOf(person.id))
      await this.recordRefusal(tenantId, personActor(request, person), {
        action: 'session.refused',
        target,
        details: { code },
      });
  }

  private membershipsOf(userId: string): Promise<MembershipRow[]> {
    return this.identity.transaction((tx) => listMemberships(tx, userId));
  }

  /** The browser forgets the session that it had, so that one ends: nobody could see it any more, and a copy of it would live. */
  private async open(request: FastifyRequest, reply: FastifyReply, { token, session, record }: Begun): Promise<void> {
    const before = this.access.tokenOf(request);
    await this.identity.transaction(async (tx) => {
      const old = before === null ? null : await findSession(tx, hashToken(before));
      await insertSession(tx, session);
      const isEnded = old !== null && (await endSession(tx, old.id, old.user_id));
      await appendToChains(tx, [record, ...(isEnded ? recordsOf(request, old, endedEntry(old.id)) : [])]);
    });
    this.access.forget(request);
    setSessionCookie(reply, token, this.access.cookies);
  }
}

function begunBy(
  request: FastifyRequest,
  person: Person,
  { inside: tenantId, ssoTenantId }: { readonly inside: string | null; readonly ssoTenantId: string | null },
  how: string,
): Begun {
  const { token, hash } = issueToken();
  const origin = { ip: request.ip, userAgent: request.headers['user-agent'] ?? null };
  const session = { id: newUuid(), userId: person.id, tenantId, tokenHash: hash, origin, ssoTenantId };
  const entry: AuditEntry = {
    action: 'session.signed_in',
    actor: personActor(request, person),
    target: { type: 'session', id: toPublicId('session', session.id) },
    details: { how },
  };
  return { token, session, record: { tenantId, entry } };
}

function endedEntry(id: string): Deed {
  return { action: 'session.ended', target: { type: 'session', id: toPublicId('session', id) } };
}

/** Into the chain of the tenant where the person is, or the operators'; of an operator on a visit into both. */
function recordsOf(request: FastifyRequest, session: SessionRow, deed: Deed): ChainEntry[] {
  const actor = personActor(request, { id: session.user_id, email: session.email });
  if (session.role !== null) return [{ tenantId: session.tenant_id, entry: { ...deed, actor } }];
  const isVisiting = session.acting_until !== null && session.acting_until.getTime() > Date.now();
  // Neither a member any more, nor on a visit: it is no business of that tenant's.
  if (!isVisiting) return [{ tenantId: null, entry: { ...deed, actor } }];
  return operatorEntries({ ...deed, actor: { ...actor, type: 'operator' } }, session.tenant_id);
}
