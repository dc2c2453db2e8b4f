import { type FastifyRequest } from 'fastify';
import { type AuditActor, type AuditEntry, type ChainEntry } from '@hub/audit';
import { type Tx } from '@hub/database';
import { toPublicId } from '@hub/platform';
import { listMemberships } from '@hub/tenancy';

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

/** For the log of every company that a person works for, since it is the same account there; else for the operators'. */
export async function inTheirLogs(tx: Tx, userId: string, entry: AuditEntry): Promise<ChainEntry[]> {
  const memberships = await listMemberships(tx, userId);
  if (memberships.length === 0) return [{ tenantId: null, entry }];
  return memberships.map(({ tenant_id: tenantId }) => ({ tenantId, entry }));
}
