import { createParamDecorator, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { problem } from '@hub/platform';
import { type SessionIdentity } from '@hub/tenancy';
import { FailedRequestLimit, tooManyFailures } from '../../http/failed-request-limit';
import { HubProblem } from '../../http/hub-problem';
import { changesSomething, isSameOrigin } from '../../http/same-origin';
import { SessionAccess } from '../../http/session-access';

const FOREIGN = problem('forbidden', 'csrf_failed', 'Only a page of the hub may ask for this.');

/** Whoever is signed in. */
export const SignedIn = createParamDecorator((_data: unknown, context: ExecutionContext): SessionIdentity => {
  const { signedIn } = context.switchToHttp().getRequest<FastifyRequest>();
  if (signedIn === undefined) throw new Error('a handler asked for who is signed in on a route that lets anybody in');
  return signedIn;
});

/** Lets in who is signed in, whatever their role. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(@Inject(SessionAccess) private readonly access: SessionAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const refusal = await this.access.recognise(context.switchToHttp().getRequest<FastifyRequest>());
    if (refusal !== null) throw new HubProblem(refusal);
    return true;
  }
}

/**
 * For what strangers may ask: only from a page of the hub, so that nobody is signed in by another site, and not without end.
 */
@Injectable()
export class StrangersGuard implements CanActivate {
  constructor(@Inject(FailedRequestLimit) private readonly failures: FailedRequestLimit) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.failures.isUsedUp(request.ip)) throw new HubProblem(tooManyFailures());
    if (changesSomething(request) && !isSameOrigin(request)) throw new HubProblem(FOREIGN);
    return true;
  }
}
