import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { appendToChains } from '@hub/audit';
import { type Database, type Tx } from '@hub/database';
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
  lockUser,
  type SsoEntry,
  type UserRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { lockedFor } from './lock';
import { SecondFactor } from './second-factor';
import { SessionsService, ssoRequired } from './sessions.service';
import { WrongPasswords } from './wrong-passwords';

export type SignInAnswer =
  { readonly status: 'signed_in' } | { readonly status: 'totp_required'; readonly challenge: string };

interface Entered {
  readonly answer: SignInAnswer;
  /** Of the session, if there is one by now. */
  readonly token: string | null;
}

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
    @Inject(WrongPasswords) private readonly wrongPasswords: WrongPasswords,
  ) {}

  async withPassword(
    request: FastifyRequest,
    reply: FastifyReply,
    email: string,
    password: string,
  ): Promise<Result<SignInAnswer, Problem>> {
    const tried = (await this.look(email)).user?.password_hash ?? null;
    const isRight = await isPassword(tried, password);
    // Once more, whoever it is: of guesses made at once each sees here what has become of the others.
    const { user, sso } = await this.look(email);
    // Said to everybody of that domain who may not go on, so that it tells nothing of who exists.
    const refusal = sso?.required === true ? ssoRequired(sso.slug) : WRONG;
    // Not that it is locked: only an account can be. And before anything is asked for that the right password alone leads to.
    if (user === null || this.wrongPasswords.isLocked(user)) return err(refusal);
    if (!isRight || user.disabled_at !== null) {
      this.wrongPasswords.note(request, reply, user);
      return err(refusal);
    }
    const done = await this.identity.transaction(async (tx): Promise<Result<Entered, Problem>> => {
      // What was tried need not be the password any more, and what was guessed meanwhile may have locked the account.
      const now = await lockUser(tx, user.id);
      if (now === null || now.password_hash !== tried || this.wrongPasswords.isLocked(now)) return err(refusal);
      if (sso?.required === true && (await mustUse(tx, sso, now))) return err(refusal);
      if (now.totp_confirmed_at === null) return ok(await this.enter(tx, request, now, 'password'));
      const { token: challenge, hash } = issueToken();
      await insertChallenge(tx, 'totp', now.id, hash);
      return ok({ answer: { status: 'totp_required', challenge }, token: null });
    });
    return this.answer(request, reply, done);
  }

  async withCode(
    request: FastifyRequest,
    reply: FastifyReply,
    challenge: string,
    code: string,
  ): Promise<Result<SignInAnswer, Problem>> {
    const hash = hashToken(challenge);
    const tried: { user: UserRow | null } = { user: null };
    const done = await this.identity.transaction(async (tx): Promise<Result<Entered, Problem>> => {
      const begun = await lockChallenge(tx, 'totp', hash);
      if (begun === null) return err(EXPIRED);
      const { user } = begun;
      tried.user = user;
      const waits = lockedFor(user.locked_until);
      if (waits !== null) return err(waits);
      if (!(await this.secondFactor.accepts(tx, user, code))) {
        await failChallenge(tx, hash);
        await countFailure(tx, user.id);
        return err(WRONG_CODE);
      }
      await endChallenge(tx, hash);
      return ok(await this.enter(tx, request, user, 'totp'));
    });
    // The password was right: what is guessed here is all that still keeps them out.
    if (!done.ok && done.error === WRONG_CODE && tried.user !== null)
      await this.sessions.recordRefusalOf(request, tried.user, WRONG_CODE.code);
    return this.answer(request, reply, done);
  }

  /** Last in the transaction that has made sure of the person and holds their row. */
  private async enter(tx: Tx, request: FastifyRequest, user: UserRow, how: string): Promise<Entered> {
    await forgetFailures(tx, user.id);
    const person = { id: user.id, email: user.email, isOperator: user.is_operator };
    const { token, records } = await this.sessions.open(tx, request, person, how);
    await appendToChains(tx, records);
    return { answer: { status: 'signed_in' }, token };
  }

  private answer(
    request: FastifyRequest,
    reply: FastifyReply,
    done: Result<Entered, Problem>,
  ): Result<SignInAnswer, Problem> {
    if (!done.ok) return done;
    const { answer, token } = done.value;
    if (token !== null) this.sessions.keep(request, reply, token);
    return ok(answer);
  }

  /** By domain, and hence the same whether or not there is such an account. */
  async options(email: string): Promise<SignInOptions> {
    const sso = await this.identity.transaction((tx) => findSsoByEmail(tx, email));
    return { password: sso?.required !== true, sso: sso === null ? null : { tenant_slug: sso.slug } };
  }

  private look(email: string): Promise<{ readonly user: UserRow | null; readonly sso: SsoEntry | null }> {
    return this.identity.transaction(async (tx) => ({
      user: await findUserByEmail(tx, email),
      sso: await findSsoByEmail(tx, email),
    }));
  }
}

/** Owners keep a password for the day on which the provider fails them; a company does not decide for who is not of it. */
async function mustUse(tx: Tx, sso: SsoEntry, user: UserRow): Promise<boolean> {
  if (user.is_operator) return false;
  const membership = await findMembership(tx, sso.tenant_id, user.id);
  return membership?.status === 'active' && membership.role !== 'owner';
}
