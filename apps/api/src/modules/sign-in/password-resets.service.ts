import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { appendToChains } from '@hub/audit';
import { type Database, type Tx } from '@hub/database';
import { err, ok, problem, toPublicId, type Logger, type Problem, type Result } from '@hub/platform';
import {
  countChallenges,
  endChallengesOf,
  endSessions,
  findChallenge,
  findUserByEmail,
  forgetFailuresAtTheDoor,
  hashPassword,
  hashToken,
  insertChallenge,
  isOnlyMemberOf,
  issueToken,
  lockChallenge,
  lockUser,
  setPassword,
  setVouched,
  type RateLimiter,
  type UserRow,
} from '@hub/tenancy';
import { LOGGER, OPERATOR_DATABASE, RATE_LIMITER } from '../../tokens';
import { Letters } from '../mail/letters';
import { refusedPassword } from './account.service';
import { inTheirLogs, personActor } from './person.actor';

/** Of one address, whomever it asks for. */
const REQUESTS_A_MINUTE = 10;
/** Of one account: nobody fills a stranger's mailbox. */
const LETTERS_AN_HOUR = 3;

const EXPIRED = problem(
  'not_found',
  'reset_expired',
  'This link has been used, or is older than an hour: ask for another one.',
);

/** A new password for who has lost theirs: whoever reads their mail is taken for them, once, and for an hour. */
@Injectable()
export class PasswordResetsService implements OnApplicationShutdown {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(Letters) private readonly letters: Letters,
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Answers before it looks: whether there is such an account shows neither in what is said nor in how long it takes. */
  async ask(request: FastifyRequest, email: string): Promise<Result<null, Problem>> {
    const decision = await this.limiter.take(`password-reset:${request.ip}`, REQUESTS_A_MINUTE, 1);
    if (!decision.allowed)
      return err(
        problem('rate_limited', 'rate_limited', 'Too many requests from this address. Wait, then try again.', {
          retryAfterSeconds: Math.ceil(decision.waitMs / 1_000),
        }),
      );
    if (!this.letters.canSend) return ok(null);
    const work: Promise<void> = this.write(request, email)
      .catch((error: unknown) => this.logger.warn('a password reset could not be prepared', { error }))
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
    return ok(null);
  }

  /** @returns the token of a link for this person, for the tenant that vouches for them. */
  async issue(userId: string, tenantId: string): Promise<string> {
    const { token, hash } = issueToken();
    await this.identity.transaction((tx) => insertChallenge(tx, 'password_reset', userId, hash, tenantId));
    return token;
  }

  /** Every session ends, here and elsewhere, and so does every other link. A second factor is asked for as before. */
  async choose(request: FastifyRequest, token: string, password: string): Promise<Result<null, Problem>> {
    const tokenHash = hashToken(token);
    // What somebody made up costs no hash of a password.
    const isKnown = await this.identity.transaction((tx) => findChallenge(tx, 'password_reset', tokenHash));
    if (isKnown === null) return err(EXPIRED);
    const passwordHash = await hashPassword(password);
    const done = await this.identity.transaction(async (tx): Promise<Result<UserRow, Problem>> => {
      const link = await lockChallenge(tx, 'password_reset', tokenHash);
      if (link === null || link.user.disabled_at !== null) return err(EXPIRED);
      const { challenge, user } = link;
      // Of an account that has come to belong to others meanwhile the company that made the link no longer decides.
      const by = challenge.vouched_tenant_id;
      if (by !== null && (user.is_operator || !(await isOnlyMemberOf(tx, user.id, by)))) return err(EXPIRED);
      // Refused, the link is still good: who chose too short a one chooses again.
      const refused = refusedPassword(password, user.email, '/new_password');
      if (refused !== null) return err(refused);
      await setPassword(tx, user.id, passwordHash);
      await forgetFailuresAtTheDoor(tx, user.id);
      // A link does not end a second factor, which may be a stranger's: with one, the account is not yet its owner's alone.
      if (by !== null || user.totp_confirmed_at === null) await setVouched(tx, user.id, by);
      await endChallengesOf(tx, user.id);
      await endSessions(tx, user.id, null);
      await this.record(tx, request, user, 'user.password_reset');
      return ok(user);
    });
    if (!done.ok) return done;
    this.letters.passwordChanged(done.value.email);
    return ok(null);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async write(request: FastifyRequest, email: string): Promise<void> {
    const { token, hash } = issueToken();
    const user = await this.identity.transaction(async (tx) => {
      const found = await findUserByEmail(tx, email);
      if (found === null || found.disabled_at !== null) return null;
      // Locked, so that two requests at once are not both the last that is allowed.
      await lockUser(tx, found.id);
      if ((await countChallenges(tx, 'password_reset', found.id)) >= LETTERS_AN_HOUR) return null;
      await insertChallenge(tx, 'password_reset', found.id, hash);
      await this.record(tx, request, found, 'user.password_reset_asked');
      return found;
    });
    if (user === null) return;
    this.letters.passwordReset(user.email, token);
  }

  private async record(tx: Tx, request: FastifyRequest, user: UserRow, action: string): Promise<void> {
    const target = { type: 'user', id: toPublicId('user', user.id) };
    const entry = { action, actor: personActor(request, user), target };
    await appendToChains(tx, await inTheirLogs(tx, user.id, entry));
  }
}
