import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { toPublicId } from '@hub/platform';

/** Who is asking, as the audit log names them. */
export const Actor = createParamDecorator((_data: unknown, context: ExecutionContext): AuditActor =>
  actorOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** @throws Error on a route that anybody may use: there is nobody to name. */
export function actorOf(request: FastifyRequest): AuditActor {
  const { identity, operator } = request;
  const userAgent = request.headers['user-agent'] ?? null;
  const from = { ip: request.ip, userAgent, requestId: request.id };
  if (operator !== undefined) {
    const id = toPublicId(operator.isPerson === true ? 'user' : 'operatorKey', operator.keyId);
    return { type: 'operator', id, label: operator.name, ...from };
  }
  if (identity?.person !== undefined) {
    const { id, email, isOperator } = identity.person;
    return { type: isOperator ? 'operator' : 'user', id: toPublicId('user', id), label: email, ...from };
  }
  if (identity !== undefined)
    return { type: 'api_key', id: toPublicId('apiKey', identity.keyId), label: identity.keyPrefix, ...from };
  throw new Error('a handler asked for the actor of a route that has none');
}
