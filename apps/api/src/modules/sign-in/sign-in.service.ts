import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Database } from '@hub/database';
import { err, ok, problem, type Problem, type Result } from '@hub/platform';
import {
  countFailure,
  endChallenge,
  failChallenge,
  findMembership,
  findSsoByEmail,
  findUserByEmail,
  forgetFailures,
  hashToken,
  insertChallenge,
  isPassword,
  issueToken,
  lockChallenge,
  type SsoEntry,
  type UserRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { lockedFor } from './lock';
import { SecondFactor } from './second-factor';
import { SessionsService, ssoRequired } from './sessions.service';

export type SignInAnswer =
  { readonly status: 'signed_in' } | { readonly status: 'totp_required'; readonly challenge: string };

/** How somebody with an e-mail of that domain may come in. */
export interface SignInOptions {
  readonly password: boolean;
  readonly sso: { readonly tenant_slug: string } | null;
}

const WRONG = problem(
  'unauthenticated',
  'wrong_credentials',
  'E-mail and password do not belong together. After five wrong ones even the right one is refused, for up to 15 minutes.',
);
const WRONG_CODE = problem('unauthenticated', 'wrong_code', 'This code is not right.');
const EXPIRED = problem(
  'unauthenticated',
  'challenge_expired',
  'That took too long, or too many tries: sign in again.',
);

/** By password, and by a code where one is asked for. Who fails learns nothing about who exists. */
@Injectable()
export class SignInService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SecondFactor) private readonly secondFactor: SecondFactor,
  ) {}

  async withPassword(
    request: FastifyRequest,
    reply: FastifyReply,
    email: string,
    password: string,
  ): Promise<Result<SignInAnswer, Problem>> {
    const { user, sso } = await this.identity.transaction(async (tx) => ({
      user: await findUserByEmail(tx, email),
      sso: await findSsoByEmail(tx, email),
    }));
    const isRight = await isPassword(user?.password_hash ?? null, password);
    // Said to everybody of that domain who may not go on, so that it tells nothing of who exists.
    const refusal = sso?.required === true ? ssoRequired(sso.slug) : WRONG;
    if (user === null) return err(refusal);
    if (isRight && sso?.required === true && (await this.mustUse(sso, user))) return err(refusal);
    // Not that it is locked: only an account can be.
    if (lockedFor(user.locked_until) !== null) return err(refusal);
    if (!isRight || user.disabled_at !== null) {
      await this.identity.transaction((tx) => countFailure(tx, user.id));
      await this.sessions.recordRefusalOf(request, user, 'wrong_credentials');
      return err(refusal);
    }
    if (user.totp_confirmed_at !== null) {
      const { token, hash } = issueToken();
      await this.identity.transaction((tx) => insertChallenge(tx, 'totp', user.id, hash));
      return ok({ status: 'totp_required', challenge: token });
    }
    return this.enter(request, reply, user, 'password');
  }

  async withCode(
    request: FastifyRequest,
    reply: FastifyReply,
    challenge: string,
    code: string,
  ): Promise<Result<SignInAnswer, Problem>> {
    const hash = hashToken(challenge);
    const checked = await this.identity.transaction(async (tx): Promise<Result<UserRow, Problem>> => {
      const begun = await lockChallenge(tx, 'totp', hash);
      if (begun === null) return err(EXPIRED);
      const { user } = begun;
      const waits = lockedFor(user.locked_until);
      if (waits !== null) return err(waits);
      if (!(await this.secondFactor.accepts(tx, user, code))) {
        await failChallenge(tx, hash);
        await countFailure(tx, user.id);
        return err(WRONG_CODE);
      }
      await endChallenge(tx, hash);
      return ok(user);
    });
    return checked.ok ? this.enter(request, reply, checked.value, 'totp') : checked;
  }

  private async enter(
    request: FastifyRequest,
    reply: FastifyReply,
    user: UserRow,
    how: string,
  ): Promise<Result<SignInAnswer, Problem>> {
    await this.identity.transaction((tx) => forgetFailures(tx, user.id));
    await this.sessions.begin(request, reply, { id: user.id, email: user.email, isOperator: user.is_operator }, how);
    return ok({ status: 'signed_in' });
  }

  /** By domain, and hence the same whether or not there is such an account. */
  async options(email: string): Promise<SignInOptions> {
    const sso = await this.identity.transaction((tx) => findSsoByEmail(tx, email));
    return { password: sso?.required !== true, sso: sso === null ? null : { tenant_slug: sso.slug } };
  }

  /** Owners keep a password for the day on which the provider fails them; a company does not decide for who is not of it. */
  private async mustUse(sso: SsoEntry, user: UserRow): Promise<boolean> {
    if (user.is_operator) return false;
    const membership = await this.identity.transaction((tx) => findMembership(tx, sso.tenant_id, user.id));
    return membership?.status === 'active' && membership.role !== 'owner';
  }
}
