import { type Tx } from '@hub/database';
import { canonicalJson, newUuid, toPublicId, uuidTimeMs } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type AuditEntry } from './audit-entry';
import { isPersonal, sealPersonal, subjectKey, type SealedFields } from './personal';
import { cleanText, redacted } from './redact';

/** The chain of the people who run the hub is kept as that of the tenant that does not exist. */
export const OPERATORS_CHAIN = '00000000-0000-0000-0000-000000000000';

const RECORD_VERSION = 1;

/**
 * Records what this transaction does, so that the one is kept if and only if the other is.
 *
 * Call it last: the tenant's chain is locked from here to the end of the transaction, so changes of one tenant's
 * configuration come one after the other, and whoever locked something after it could meet another who did it the other way
 * round. Never on the way of an event.
 */
export async function appendAudit(tx: TenantTx, entry: AuditEntry): Promise<void> {
  await append(tx, tx.tenantId, entry);
}

/**
 * For what an operator does, through the operator's role: into the operators' own chain, and into the chain of the tenant
 * whom it touches. There he is known by his key's id alone: what else there is about him is no business of the tenant.
 */
export async function appendOperatorAudit(tx: Tx, entry: AuditEntry, tenantId: string | null): Promise<void> {
  await append(tx, OPERATORS_CHAIN, entry);
  if (tenantId === null) return;
  const actor = { ...entry.actor, label: null, ip: null, userAgent: null };
  await append(tx, tenantId, { ...entry, actor });
}

async function append(tx: Tx, tenantId: string, entry: AuditEntry): Promise<void> {
  const id = newUuid();
  const { actor } = entry;
  const place = { tenantId, subject: actor.id, recordId: toPublicId('auditRecord', id) };
  const personal = isPersonal(actor) ? sealPersonal(actor, await subjectKey(tx, tenantId, actor.id), place) : null;
  await tx.query(`insert into audit_records (tenant_id, id, record) values ($1, $2, $3)`, [
    tenantId,
    id,
    recordText(id, entry, personal),
  ]);
}

/** Canonical JSON (RFC 8785), which is stored, hashed and exported as it stands. */
function recordText(id: string, entry: AuditEntry, personal: SealedFields | null): string {
  const { action, actor, target, outcome, before, after, reason, details } = entry;
  return canonicalJson({
    v: RECORD_VERSION,
    id: toPublicId('auditRecord', id),
    time: timeOf(id),
    action,
    outcome: outcome ?? 'succeeded',
    actor: { type: actor.type, id: actor.id, ...(personal === null ? {} : { personal }) },
    target: { type: target.type, id: cleanText(target.id), name: target.name == null ? null : cleanText(target.name) },
    before: redacted(before),
    after: redacted(after),
    details: redacted(details),
    reason: reason == null ? null : cleanText(reason),
    request_id: actor.requestId === null ? null : cleanText(actor.requestId),
  });
}

/** The milliseconds inside a UUIDv7. */
function timeOf(uuid: string): string {
  return new Date(uuidTimeMs(uuid)).toISOString();
}
