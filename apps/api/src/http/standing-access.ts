import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ApiKeyAuthenticator, type KeyIdentity } from '@hub/tenancy';
import { keyOf } from './request-hooks';
import { SessionAccess } from './session-access';

/** Whether who was let in once would be let in now: for what goes on for longer than a request. */
@Injectable()
export class StandingAccess {
  constructor(
    @Inject(ApiKeyAuthenticator) private readonly keys: ApiKeyAuthenticator,
    @Inject(SessionAccess) private readonly sessions: SessionAccess,
  ) {}

  /** @returns who they are and what they may do by now; `null` when they would be refused */
  async identityOf(request: FastifyRequest): Promise<KeyIdentity | null> {
    const key = keyOf(request);
    if (key === null)
      return (await this.sessions.recognise(request)) === null ? (request.signedIn?.identity ?? null) : null;
    const check = await this.keys.check(key);
    return check.ok ? check.identity : null;
  }
}
