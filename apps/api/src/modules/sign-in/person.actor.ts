import { type FastifyRequest } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { toPublicId } from '@hub/platform';

/** A person who is just being let in, or changes what lets them in. */
export function personActor(
  request: FastifyRequest,
  person: { readonly id: string; readonly email: string },
): AuditActor {
  return {
    type: 'user',
    id: toPublicId('user', person.id),
    label: person.email,
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    requestId: request.id,
  };
}
