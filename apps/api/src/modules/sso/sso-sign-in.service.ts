import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { systemActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, ok, toPublicId, type Result } from '@hub/platform';
import {
  findSsoByEmail,
  findSsoBySlug,
  hashToken,
  insertSsoSignIn,
  issueToken,
  takeSsoSignIn,
  type RateLimiter,
} from '@hub/tenancy';
import { SessionAccess } from '../../http/session-access';
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from '../../http/session-cookie';
import { OPERATOR_DATABASE, PUBLIC_URL, RATE_LIMITER } from '../../tokens';
import { SessionsService } from '../sign-in/sessions.service';
import { IdentityProviders, type Expected, type Identity, type ProviderFailure } from './identity-providers';
import { addressesOf } from './sso.mapper';
import { SsoMembers, type Refusal } from './sso-members';
import { SsoService } from './sso.service';

/** Why somebody is not let in, as the sign-in page is told. */
export type SsoFailure =
  | 'sso_not_set_up'
  | 'sso_too_many'
  /** Too late, a second time, or in another browser than the one that went. */
  | 'sso_expired'
  | 'sso_unreachable'
  | 'sso_refused'
  | 'sso_not_trusted'
  | Refusal;

const BEGUN_A_MINUTE = 30;
const FAILURES: Readonly<Record<ProviderFailure, SsoFailure>> = {
  unreachable: 'sso_unreachable',
  refused: 'sso_refused',
  not_trusted: 'sso_not_trusted',
};

/** There and back. What must be the same on the way back follows from a secret that only the browser holds. */
@Injectable()
export class SsoSignInService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SsoService) private readonly sso: SsoService,
    @Inject(IdentityProviders) private readonly providers: IdentityProviders,
    @Inject(SsoMembers) private readonly members: SsoMembers,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SessionAccess) private readonly access: SessionAccess,
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  /** @returns where to send the browser */
  async begin(request: FastifyRequest, reply: FastifyReply, slug: string): Promise<Result<string, SsoFailure>> {
    const { allowed } = await this.limiter.take(`sso:${request.ip}`, BEGUN_A_MINUTE, 1);
    if (!allowed) return err('sso_too_many');
    const entry = await this.identity.transaction((tx) => findSsoBySlug(tx, slug));
    const addresses = addressesOf(this.publicUrl, slug);
    if (entry === null || addresses === null) return err('sso_not_set_up');
    const provider = await this.sso.provider(entry.tenant_id);
    if (!provider.ok || provider.value === null) return err('sso_not_set_up');
    const [browser, state] = [issueToken(), issueToken()];
    const expected = expectedOf(browser.token, state.token);
    const address = await this.providers.addressOf(provider.value, addresses.back, expected);
    if (!address.ok) return err(FAILURES[address.error]);
    await this.identity.transaction((tx) =>
      insertSsoSignIn(tx, { stateHash: state.hash, browserHash: browser.hash, tenantId: entry.tenant_id }),
    );
    setSessionCookie(reply, browser.token, this.access.cookies, 'hub_sso');
    return address;
  }

  /** The browser has come back, with whatever its address says. */
  async comeBack(request: FastifyRequest, reply: FastifyReply, slug: string): Promise<Result<null, SsoFailure>> {
    const browser = sessionTokenOf(request, this.access.cookies, 'hub_sso');
    const addresses = addressesOf(this.publicUrl, slug);
    const came = new URL(`${addresses?.back ?? 'http://unknown'}${new URL(request.url, 'http://any').search}`);
    const state = came.searchParams.get('state');
    if (browser === null || state === null || addresses === null) return err('sso_expired');
    clearSessionCookie(reply, this.access.cookies, 'hub_sso');
    const { tenantId, entry } = await this.identity.transaction(async (tx) => ({
      tenantId: await takeSsoSignIn(tx, hashToken(state), hashToken(browser)),
      entry: await findSsoBySlug(tx, slug),
    }));
    if (tenantId === null || entry?.tenant_id !== tenantId) return err('sso_expired');
    const provider = await this.sso.provider(tenantId);
    if (!provider.ok || provider.value === null) return err('sso_not_set_up');
    const identified = await this.providers.identify(provider.value, came, expectedOf(browser, state));
    const entered = identified.ok
      ? await this.enter(request, reply, tenantId, identified.value)
      : err(FAILURES[identified.error]);
    if (!entered.ok) await this.recordRefusal(request, tenantId, entered.error);
    return entered;
  }

  private async enter(
    request: FastifyRequest,
    reply: FastifyReply,
    tenantId: string,
    { email, isEmailVerified, name }: Identity,
  ): Promise<Result<null, SsoFailure>> {
    if (email === null || !isEmailVerified) return err('sso_email_unverified');
    const owner = await this.identity.transaction((tx) => findSsoByEmail(tx, email));
    if (owner?.tenant_id !== tenantId) return err('sso_wrong_domain');
    const person = await this.members.admit(request, owner, { email, name: name ?? email });
    if (!person.ok) return person;
    await this.sessions.beginBySso(request, reply, person.value, tenantId);
    return ok(null);
  }

  /** Only of who came back by a way that began here: strangers fill nobody's log. */
  private recordRefusal(request: FastifyRequest, tenantId: string, code: SsoFailure): Promise<void> {
    const from = { ip: request.ip, userAgent: request.headers['user-agent'] ?? null, requestId: request.id };
    const actor = { ...systemActor('single_sign_on'), ...from };
    const target = { type: 'sso', id: toPublicId('tenant', tenantId) };
    return this.sessions.recordRefusal(tenantId, actor, {
      action: 'session.refused',
      target,
      details: { how: 'sso', code },
    });
  }
}

/** Nothing of it is kept here: who reads the database cannot finish what a browser has begun. */
function expectedOf(browserToken: string, state: string): Expected {
  const derived = (purpose: string): string =>
    createHash('sha256').update(`${purpose}|${browserToken}`).digest('base64url');
  return { state, nonce: derived('nonce'), verifier: derived('pkce') };
}
