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

/** A record, and the chain it goes into: that of a tenant, or with null the operators'. */
export interface ChainEntry {
  readonly tenantId: string | null;
  readonly entry: AuditEntry;
}

/**
 * For what people do about themselves, through the role that lets them in, in the transaction that does it. The chains are
 * locked in one order, the operators' first, whoever appends to several.
 */
export async function appendToChains(tx: Tx, entries: readonly ChainEntry[]): Promise<void> {
  const placed = entries.map(({ tenantId, entry }) => ({ chain: tenantId ?? OPERATORS_CHAIN, entry }));
  for (const { chain, entry } of placed.toSorted((a, b) => (a.chain < b.chain ? -1 : Number(a.chain > b.chain))))
    await append(tx, chain, entry);
}

/**
 * For what an operator does, through the operator's role: into the operators' own chain, and into the chain of the tenant
 * whom it touches. There they are known by their key's id alone: what else there is about them is no business of the tenant.
 */
export async function appendOperatorAudit(tx: Tx, entry: AuditEntry, tenantId: string | null): Promise<void> {
  await appendToChains(tx, operatorEntries(entry, tenantId));
}

export function operatorEntries(entry: AuditEntry, tenantId: string | null): ChainEntry[] {
  const own = { tenantId: null, entry };
  return tenantId === null ? [own] : [own, { tenantId, entry: unnamed(entry) }];
}

/** What a tenant is told of an operator's deed. */
export function unnamed(entry: AuditEntry): AuditEntry {
  return { ...entry, actor: { ...entry.actor, label: null, ip: null, userAgent: null } };
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
