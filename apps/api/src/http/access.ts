import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { problem } from '@hub/platform';
import { type KeyIdentity, type Scope } from '@hub/tenancy';
import { HubProblem } from './hub-problem';
import { RateLimits } from './rate-limits';

export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'session' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'tenant'; readonly scope: Scope | null; readonly limit: LimitClass };

/** `event`: one token of the tier's limit. `batch`: the handler takes as many as there are events. `read`: the roomier limit of everything else. */
export type LimitClass = 'event' | 'batch' | 'read';

export const ACCESS = 'hub:access';

/** Anybody: health, documentation, what vendors call. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);

/** A person who is signed in, whatever their role; a guard of its own lets them in. */
export const SessionOnly = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, { kind: 'session' } satisfies Access);

/** Platform staff with an operator key. */
export const OperatorOnly = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, { kind: 'operator' } satisfies Access);

/** A tenant's key with this scope; `null` for what every key may do. */
export const RequireScope = (scope: Scope | null, limit: LimitClass = 'read'): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, { kind: 'tenant', scope, limit } satisfies Access);

/** The caller. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): KeyIdentity => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  if (identity === undefined) throw new Error('a handler asked for the caller of a route that has none');
  return identity;
});

/** The calling tenant's id. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  if (identity === undefined) throw new Error('a handler asked for the tenant of a route that has none');
  return identity.tenantId;
});

/** Denies by default: a route that says nothing about access is nobody's. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access?.kind === 'public' || access?.kind === 'session') return true;
    if (access?.kind === 'operator' && request.operator !== undefined) return true;
    if (access?.kind === 'tenant' && request.identity !== undefined) {
      const { identity } = request;
      if (access.scope !== null && !identity.scopes.has(access.scope)) {
        throw new HubProblem(
          problem('forbidden', 'missing_scope', `This needs the scope "${access.scope}".`, {
            extra: { scope: access.scope },
          }),
        );
      }
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      if (access.limit === 'event') await this.limits.takeEvents(identity, 1, reply);
      else if (access.limit === 'read') await this.limits.takeRead(identity, reply);
      return true;
    }
    throw new HubProblem(problem('forbidden', 'forbidden', 'This is not open to you.'));
  }
}
