import { finished } from 'node:stream/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { countFailure, FREE_FAILURES, type UserRow } from '@hub/tenancy';
import { LOGGER, OPERATOR_DATABASE } from '../../tokens';
import { lockedFor } from './lock';
import { SessionsService } from './sessions.service';

/**
 * Wrong passwords at the sign-in page. They are counted and recorded after the answer, for the time that this takes would tell
 * that there is such an account. What is still to be counted is known here meanwhile: whoever guesses many at once has no more
 * guesses than who makes them in turn.
 */
@Injectable()
export class WrongPasswords implements OnApplicationShutdown {
  /** Of each account one after the other: who waits for its row does so with one connection. */
  private readonly underWay = new Map<string, Promise<void>>();
  /** Of each account; of this process alone. What others answer at this moment is seen when they have counted it. */
  private readonly uncounted = new Map<string, number>();

  constructor(
    @Inject(OPERATOR_DATABASE) private readonly identity: Database,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param user as it is now */
  isLocked(user: UserRow): boolean {
    const more = this.uncounted.get(user.id) ?? 0;
    return lockedFor(user.locked_until) !== null || (more > 0 && user.failures + more >= FREE_FAILURES);
  }

  note(request: FastifyRequest, reply: FastifyReply, user: UserRow): void {
    this.uncounted.set(user.id, (this.uncounted.get(user.id) ?? 0) + 1);
    // The answer goes first, to whoever still waits for it.
    const before = this.underWay.get(user.id) ?? finished(reply.raw).catch(() => undefined);
    const work: Promise<void> = before
      .then(() => this.write(request, user))
      .catch((error: unknown) => this.logger.warn('a wrong password could not be counted or recorded', { error }))
      .finally(() => {
        if (this.underWay.get(user.id) === work) this.underWay.delete(user.id);
      });
    this.underWay.set(user.id, work);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  private async write(request: FastifyRequest, user: UserRow): Promise<void> {
    try {
      await this.identity.transaction((tx) => countFailure(tx, user.id));
    } finally {
      this.forget(user.id);
    }
    await this.sessions.recordRefusalOf(request, user, 'wrong_credentials');
  }

  private forget(userId: string): void {
    const left = (this.uncounted.get(userId) ?? 0) - 1;
    if (left > 0) this.uncounted.set(userId, left);
    else this.uncounted.delete(userId);
  }
}
