import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Database, type Tx } from '@hub/database';
import { err, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  confirmTotp,
  countSessionFailure,
  endChallengesOf,
  endSessions,
  hashPassword,
  isPassword,
  lockUser,
  newRecoveryCodes,
  newTotp,
  passwordFault,
  proposeTotp,
  removeTotp,
  setPassword,
  type PasswordFault,
  type SessionIdentity,
  type UserRow,
} from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { lockedFor } from './lock';
import { SecondFactor } from './second-factor';
import { SessionsService } from './sessions.service';

const WRONG_PASSWORD = problem('forbidden', 'wrong_password', 'This is not your password.');
const WRONG_CODE = problem('forbidden', 'wrong_code', 'This code is not right.');
const FAULTS: Readonly<Record<PasswordFault, string>> = {
  too_short: 'A password has at least 10 characters.',
  too_long: 'A password has at most 256 characters.',
  too_simple: 'This password is too easily guessed.',
};

/** @param pointer of the password in the request */
export function refusedPassword(password: string, email: string, pointer: string): Problem | null {
  const fault = passwordFault(password, email);
  if (fault === null) return null;
  return problem('unprocessable', 'weak_password', FAULTS[fault], {
    faults: [{ pointer, code: fault, message: FAULTS[fault] }],
  });
}

/**
 * What a person changes about how they are let in. Each needs the password again, but for the last step of setting up a second
 * factor: a session left open must not be enough, and so it is guessed here no more freely than at the door. Counted apart: who
 * fails there need not be anybody whom the owner knows.
 */
@Injectable()
export class AccountService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SecondFactor) private readonly secondFactor: SecondFactor,
  ) {}

  /** Everywhere else they are signed out, or stopped on their way in: whoever changes a password may have a reason. */
  async changePassword(
    request: FastifyRequest,
    signedIn: SessionIdentity,
    current: string,
    wanted: string,
  ): Promise<Result<null, Problem>> {
    const refused = refusedPassword(wanted, signedIn.session.email, '/new_password');
    if (refused !== null) return err(refused);
    const hash = await hashPassword(wanted);
    return this.withPassword(request, signedIn, current, async (tx, user) => {
      await setPassword(tx, user.id, hash);
      await endChallengesOf(tx, user.id);
      await endSessions(tx, user.id, signedIn.session.id);
      await this.record(tx, request, signedIn, 'user.password_changed');
      return ok(null);
    });
  }

  async beginTotp(
    request: FastifyRequest,
    signedIn: SessionIdentity,
    password: string,
  ): Promise<Result<{ secret: string; otpauth_uri: string }, Problem>> {
    const totp = newTotp(signedIn.session.email);
    const sealed = await this.secondFactor.seal(signedIn.session.user_id, totp.secret);
    return this.withPassword(request, signedIn, password, async (tx, user) => {
      if (user.totp_confirmed_at !== null)
        return err(problem('conflict', 'totp_enabled', 'A second factor is set up already: remove it first.'));
      await proposeTotp(tx, user.id, sealed);
      return ok({ secret: totp.base32, otpauth_uri: totp.uri });
    });
  }

  async confirmTotp(
    request: FastifyRequest,
    signedIn: SessionIdentity,
    code: string,
  ): Promise<Result<{ recovery_codes: readonly string[] }, Problem>> {
    const recovery = newRecoveryCodes();
    return this.recordingGuesses(request, signedIn, async (tx) => {
      const user = await lockUser(tx, signedIn.session.user_id);
      if (user === null || user.totp_confirmed_at !== null || user.totp_secret === null)
        return err(problem('conflict', 'totp_not_begun', 'Begin setting up a second factor first.'));
      const waits = lockedFor(user.session_locked_until);
      if (waits !== null) return err(waits);
      const step = await this.secondFactor.stepOf(user, code);
      if (step === null) {
        await countSessionFailure(tx, user.id);
        return err(WRONG_CODE);
      }
      await confirmTotp(tx, user.id, step, recovery.hashes);
      await this.record(tx, request, signedIn, 'user.totp_enabled');
      return ok({ recovery_codes: recovery.codes });
    });
  }

  async removeTotp(
    request: FastifyRequest,
    signedIn: SessionIdentity,
    password: string,
    code: string,
  ): Promise<Result<null, Problem>> {
    return this.withPassword(request, signedIn, password, async (tx, user) => {
      if (!(await this.secondFactor.accepts(tx, user, code))) {
        await countSessionFailure(tx, user.id);
        return err(WRONG_CODE);
      }
      await removeTotp(tx, user.id);
      await this.record(tx, request, signedIn, 'user.totp_removed');
      return ok(null);
    });
  }

  async endOtherSessions(request: FastifyRequest, signedIn: SessionIdentity): Promise<void> {
    await this.identity.transaction(async (tx) => {
      // One that is just being begun, or moved to another company, holds the row, and is seen after it.
      await lockUser(tx, signedIn.session.user_id);
      await endSessions(tx, signedIn.session.user_id, signedIn.session.id);
      await this.record(tx, request, signedIn, 'user.other_sessions_ended');
    });
  }

  private withPassword<T>(
    request: FastifyRequest,
    signedIn: SessionIdentity,
    password: string,
    work: (tx: Tx, user: UserRow) => Promise<Result<T, Problem>>,
  ): Promise<Result<T, Problem>> {
    return this.recordingGuesses(request, signedIn, async (tx) => {
      const user = await lockUser(tx, signedIn.session.user_id);
      if (user === null) return err(WRONG_PASSWORD);
      const waits = lockedFor(user.session_locked_until);
      if (waits !== null) return err(waits);
      if (!(await isPassword(user.password_hash, password))) {
        await countSessionFailure(tx, user.id);
        return err(WRONG_PASSWORD);
      }
      return work(tx, user);
    });
  }

  /**
   * One transaction. A wrong guess in it is recorded after it, with every company that the person belongs to: so the work counts
   * each guess, and one open session does not fill their logs.
   */
  private async recordingGuesses<T>(
    request: FastifyRequest,
    { session }: SessionIdentity,
    work: (tx: Tx) => Promise<Result<T, Problem>>,
  ): Promise<Result<T, Problem>> {
    const done = await this.identity.transaction(work);
    if (!done.ok && (done.error === WRONG_PASSWORD || done.error === WRONG_CODE))
      await this.sessions.recordRefusalOf(request, { id: session.user_id, email: session.email }, done.error.code);
    return done;
  }

  private record(tx: Tx, request: FastifyRequest, signedIn: SessionIdentity, action: string): Promise<void> {
    const target = { type: 'user', id: toPublicId('user', signedIn.session.user_id) };
    return this.sessions.record(tx, request, signedIn, { action, target });
  }
}
