import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { problem } from '@hub/platform';
import { ACCESS, type Access } from './access';
import { HubProblem } from './hub-problem';
import { unknownField } from './zod-faults';

/**
 * Refuses the query of an operation that takes none, as {@link ZodPipe} refuses an unknown member of one that does. Passed over
 * in silence, `?dry_run=true` or `?validate_only=true` would do in earnest what somebody only wanted to try.
 */
@Injectable()
export class QueryGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const members = Object.keys(context.switchToHttp().getRequest<FastifyRequest>().query as object);
    if (members.length === 0 || takesQuery(context) || !this.isOfApi(context)) return true;
    throw new HubProblem(
      problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
        faults: members.map((name) => unknownField('#query', name)),
      }),
    );
  }

  /** What vendors, providers and browsers call may bring members that are theirs. */
  private isOfApi(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const kind = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, places)?.kind;
    return kind === 'tenant' || kind === 'operator';
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const taken = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as
    Readonly<Record<string, unknown>> | undefined;
  return Object.keys(taken ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
