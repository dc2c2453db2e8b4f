import { type AuditActor } from '@hub/audit';
import { type Publisher } from '@hub/mapping-store';

/** What is kept beside a publication of who made it: no name and no address, which the audit log alone can forget. */
export function publisherOf({ type, id }: AuditActor): Publisher {
  return { type, id };
}
