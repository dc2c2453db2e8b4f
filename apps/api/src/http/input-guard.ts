import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { type InputFault } from '@hub/platform';
import { ACCESS, type Access } from './access';
import { HubProblem } from './hub-problem';
import { inexactNumbers, noteInexact } from './inexact-numbers';
import { invalidRequest } from './problem.filter';
import { unknownField } from './zod-faults';

const READS_BODY = 'hub:reads-body';
const READS_TEXT_OF = 'hub:reads-text-of';

/** The handler has no `@Body()`, because it reads the body itself. */
export const ReadsBody = (): MethodDecorator => SetMetadata(READS_BODY, true);

/** The handler takes this member of its body as it was written, with all digits of its numbers. */
export const ReadsTextOf = (member: string): MethodDecorator => SetMetadata(READS_TEXT_OF, member);

/**
 * Refuses the query of an operation that takes none, and the members of a body that nobody asked for, as {@link ZodPipe} refuses
 * an unknown member of one that is taken. Passed over in silence, `?validate_only=true` or `{"dry_run": true}` would do in
 * earnest what somebody only wanted to try. Numbers that would be kept as others are found here, where the text is, and
 * refused by {@link ZodPipe} along with what it finds itself.
 */
@Injectable()
export class InputGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { query, body, rawText = '' } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!this.isOfApi(context)) return true;
    const unknown = [
      ...(takes(context, RouteParamtypes.QUERY) ? [] : unasked('#query', query)),
      ...(this.takesBody(context) ? [] : unaskedBody(body)),
    ];
    const spared = this.reflector.get<string | undefined>(READS_TEXT_OF, context.getHandler());
    const inexact = takes(context, RouteParamtypes.BODY) ? inexactNumbers(rawText, { spared }) : [];
    if (unknown.length === 0) {
      noteInexact(body, inexact);
      return true;
    }
    throw new HubProblem(invalidRequest([...unknown, ...inexact]));
  }

  private takesBody(context: ExecutionContext): boolean {
    return takes(context, RouteParamtypes.BODY) || this.reflector.get(READS_BODY, context.getHandler()) === true;
  }

  /** What vendors, providers and browsers call may bring members that are theirs. */
  private isOfApi(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const kind = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, places)?.kind;
    return kind === 'tenant' || kind === 'operator';
  }
}

function unasked(parent: string, value: unknown): InputFault[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).map((name) => unknownField(parent, name));
}

function unaskedBody(body: unknown): InputFault[] {
  if (body === undefined || body === null) return [];
  if (typeof body === 'object' && !Array.isArray(body)) return unasked('', body);
  return [{ pointer: '', code: 'not_allowed', message: 'This operation takes no body' }];
}

function takes(context: ExecutionContext, kind: RouteParamtypes): boolean {
  const taken = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as
    Readonly<Record<string, unknown>> | undefined;
  return Object.keys(taken ?? {}).some((key) => key.startsWith(`${kind}:`));
}
