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
  lockUser,
  TenantDb,
  type MembershipRow,
  type NewSession,
  type SessionIdentity,
  type SessionRow,
} from '@hub/tenancy';
import { NOT_SIGNED_IN, SessionAccess } from '../../http/session-access';
import { clearSessionCookie, setSessionCookie } from '../../http/session-cookie';
import { OPERATOR_DATABASE } from '../../tokens';
import { inTheirLogs, personActor } from './person.actor';
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

export interface Opened {
  readonly token: string;
  /** To be appended by whoever opens it, last in the transaction. */
  readonly records: readonly ChainEntry[];
}

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
   * A new session under a new token (nobody can have planted it), in the transaction that has made sure of the person and holds
   * their row: whoever chooses a password or takes the account over holds it too, and ends what was let in before.
   * @param how what the audit log says of it: `password`, `totp`, `invitation`
   * @param tenantId where to begin; where the person belongs first if left out
   */
  async open(tx: Tx, request: FastifyRequest, person: Person, how: string, tenantId?: string): Promise<Opened> {
    const inside = tenantId ?? (await listMemberships(tx, person.id))[0]?.tenant_id ?? null;
    return this.write(tx, request, begunBy(request, person, { inside, ssoTenantId: null }, how));
  }

  /** To the browser, once the transaction has ended well. */
  keep(request: FastifyRequest, reply: FastifyReply, token: string): void {
    this.access.forget(request);
    setSessionCookie(reply, token, this.access.cookies);
  }

  /**
   * For whom a tenant's own provider vouches: in that tenant, and in no other as long as the session lasts. Its word is good
   * whatever the password is by now, and so nothing of the account needs to be held.
   */
  async beginBySso(request: FastifyRequest, reply: FastifyReply, person: Person, tenantId: string): Promise<void> {
    const begun = begunBy(request, person, { inside: tenantId, ssoTenantId: tenantId }, 'sso');
    await this.identity.transaction(async (tx) => {
      const { records } = await this.write(tx, request, begun);
      await appendToChains(tx, records);
    });
    this.keep(request, reply, begun.token);
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
      // Whoever ends all of a person's sessions holds the row: the new one must not appear behind their back.
      await lockUser(tx, session.user_id);
      // One that was ended elsewhere a moment ago must not live on in another.
      if (!(await endSession(tx, session.id, session.user_id))) return null;
      await insertSession(tx, begun.session);
      await appendToChains(tx, [begun.record, ...recordsOf(request, session, endedEntry(session.id))]);
      return findSession(tx, begun.session.tokenHash);
    });
    this.access.forget(request);
    if (row === null) return err(NOT_SIGNED_IN);
    this.keep(request, reply, begun.token);
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
    const entry: AuditEntry = {
      action: 'session.refused',
      actor: personActor(request, person),
      target: { type: 'user', id: toPublicId('user', person.id) },
      outcome: 'refused',
      details: { code },
    };
    await this.identity.transaction(async (tx) => appendToChains(tx, await inTheirLogs(tx, person.id, entry)));
  }

  private membershipsOf(userId: string): Promise<MembershipRow[]> {
    return this.identity.transaction((tx) => listMemberships(tx, userId));
  }

  /** The browser forgets the session that it had, so that one ends: nobody could see it any more, and a copy of it would live. */
  private async write(tx: Tx, request: FastifyRequest, { token, session, record }: Begun): Promise<Opened> {
    const before = this.access.tokenOf(request);
    const old = before === null ? null : await findSession(tx, hashToken(before));
    await insertSession(tx, session);
    const isEnded = old !== null && (await endSession(tx, old.id, old.user_id));
    return { token, records: [record, ...(isEnded ? recordsOf(request, old, endedEntry(old.id)) : [])] };
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
