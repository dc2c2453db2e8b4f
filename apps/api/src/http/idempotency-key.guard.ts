import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants';
import { type FastifyRequest } from 'fastify';
import { problem } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** Events have ids of their own, which do what the header does elsewhere: there it may come, and says nothing. */
export const WITH_IDS_OF_THEIR_OWN: ReadonlySet<string> = new Set(['/v1/events', '/v1/events/batch']);

/**
 * Refuses `Idempotency-Key` where no answer is kept: whoever sends it counts on a repeat that changes nothing, and would
 * do twice what they wanted once.
 */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers['idempotency-key'] === undefined || request.method === 'GET') return true;
    // What vendors, providers and browsers call may bring headers that are theirs.
    if (request.identity === undefined && request.operator === undefined) return true;
    if (isHonoured(context) || WITH_IDS_OF_THEIR_OWN.has(request.routeOptions.url ?? '')) return true;
    const message = 'This operation takes no Idempotency-Key: its answers are not kept. Leave the header out.';
    throw new HubProblem(
      problem('bad_request', 'idempotency_key_not_supported', message, {
        faults: [{ pointer: '#header/idempotency-key', code: 'idempotency_key_not_supported', message }],
      }),
    );
  }
}

function isHonoured(context: ExecutionContext): boolean {
  const interceptors = Reflect.getMetadata(INTERCEPTORS_METADATA, context.getClass()) as unknown[] | undefined;
  return interceptors?.includes(IdempotencyInterceptor) === true;
}
