import { type Database, type Tx } from '@hub/database';
import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type AuditFilter } from '../read/audit.repository';
import { type ExportFormat, type ExportPart, type ExportRow } from './export.types';

const COLUMNS =
  'id, status, format, filter, first_seq, last_seq, done_seq, matched, bytes, failure, created_at, finished_at, expires_at, operator_reason';

/** A worker that dies is followed by another after so long. Each piece that is done begins it anew. */
const LEASE = '60 seconds';
/** After so many attempts without a single piece it is given up: ten minutes without a store, or an hour of workers that died. */
const MOST_FAILURES = 60;

export async function insertExport(tx: TenantTx, format: ExportFormat, filter: AuditFilter): Promise<ExportRow> {
  const [row] = await tx.query<ExportRow & Record<string, unknown>>(
    `insert into audit_exports (tenant_id, id, format, filter) values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [tx.tenantId, newUuid(), format, JSON.stringify(filter)],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return row;
}

/** For an operator, through a role that cannot read what it asks for. @returns its id */
export async function insertOperatorExport(
  tx: Tx,
  tenantId: string,
  wanted: { readonly format: ExportFormat; readonly filter: AuditFilter; readonly reason: string },
): Promise<string> {
  const id = newUuid();
  await tx.query(
    `insert into audit_exports (tenant_id, id, format, filter, operator_reason) values ($1, $2, $3, $4, $5)`,
    [tenantId, id, wanted.format, JSON.stringify(wanted.filter), wanted.reason],
  );
  return id;
}

export interface ExportPage {
  readonly limit: number;
  readonly before: string | null;
  readonly askedByOperators?: boolean;
}

export async function listExports(tx: TenantTx, page: ExportPage): Promise<ExportRow[]> {
  return tx.query<ExportRow & Record<string, unknown>>(
    `select ${COLUMNS} from audit_exports where tenant_id = $1 and ($2::uuid is null or id < $2)
       and (not $4 or operator_reason is not null) order by id desc limit $3`,
    [tx.tenantId, page.before, page.limit, page.askedByOperators ?? false],
  );
}

export async function findExport(tx: TenantTx, id: string): Promise<ExportRow | null> {
  const [row] = await tx.query<ExportRow & Record<string, unknown>>(
    `select ${COLUMNS} from audit_exports where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** The pieces of a finished export, in the order of the archive. */
export async function findExportParts(tx: TenantTx, id: string): Promise<ExportPart[]> {
  const [row] = await tx.query<{ parts: ExportPart[] }>(
    `select parts from audit_exports where tenant_id = $1 and id = $2 and status = 'succeeded'`,
    [tx.tenantId, id],
  );
  return row?.parts ?? [];
}

export interface OpenExport {
  readonly tenantId: string;
  readonly id: string;
}

/** Exports of all tenants that no worker is at, the oldest first. For the dispatcher. */
export async function findOpenExports(dispatcher: Database, limit: number): Promise<OpenExport[]> {
  const rows = await dispatcher.query<{ tenant_id: string; id: string }>(
    `select tenant_id, id from audit_exports
     where status in ('queued', 'running') and (lease_until is null or lease_until < now()) order by id limit $1`,
    [limit],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

/** Exports of all tenants whose pieces are to be deleted: they have had their time, or came to nothing. For the dispatcher. */
export async function findExpiredExports(dispatcher: Database, limit: number): Promise<OpenExport[]> {
  const rows = await dispatcher.query<{ tenant_id: string; id: string }>(
    `select tenant_id, id from audit_exports where status in ('succeeded', 'failed') and expires_at < now() order by id limit $1`,
    [limit],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

export interface ClaimedExport {
  readonly id: string;
  readonly token: string;
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  /** The chain that is exported, from the record after `firstSeq - 1`, whose hash is `firstPrev`. */
  readonly firstSeq: number;
  readonly firstPrev: Buffer;
  readonly lastSeq: number;
  readonly doneSeq: number;
  readonly matched: number;
  readonly parts: readonly ExportPart[];
}

/**
 * Takes an export for this worker, and settles what is exported when it has not begun yet. `null` when another has it, or
 * when it was given up for good.
 */
export async function claimExport(tx: TenantTx, id: string): Promise<ClaimedExport | null> {
  const [row] = await tx.query<ClaimedRow>(
    `with open as (
       select e.id from audit_exports e
       where e.tenant_id = $1 and e.id = $2 and e.status in ('queued', 'running') and (e.lease_until is null or e.lease_until < now())
       for update skip locked
     ), head as (
       select pruned_seq, pruned_hash, seq from audit_heads where tenant_id = $1
     )
     update audit_exports e set
       status = case when e.failures >= ${MOST_FAILURES} then 'failed' else 'running' end,
       failure = case when e.failures >= ${MOST_FAILURES} then 'given_up' end,
       finished_at = case when e.failures >= ${MOST_FAILURES} then now() end,
       expires_at = case when e.failures >= ${MOST_FAILURES} then now() end,
       failures = e.failures + 1, lease_token = $3, lease_until = now() + interval '${LEASE}',
       first_seq = coalesce(e.first_seq, head.pruned_seq + 1), first_prev = coalesce(e.first_prev, head.pruned_hash),
       last_seq = coalesce(e.last_seq, head.seq), done_seq = coalesce(e.done_seq, head.pruned_seq)
     from open, head
     where e.tenant_id = $1 and e.id = open.id
     returning e.id, e.status, e.lease_token, e.format, e.filter, e.first_seq, e.first_prev, e.last_seq, e.done_seq, e.matched, e.parts`,
    [tx.tenantId, id, newUuid()],
  );
  if (row === undefined || row.status === 'failed') return null;
  return {
    id: row.id,
    token: row.lease_token,
    format: row.format,
    filter: row.filter,
    firstSeq: row.first_seq,
    firstPrev: row.first_prev,
    lastSeq: row.last_seq,
    doneSeq: row.done_seq,
    matched: row.matched,
    parts: row.parts,
  };
}

interface ClaimedRow {
  [column: string]: unknown;
  id: string;
  status: string;
  lease_token: string;
  format: ExportFormat;
  filter: AuditFilter;
  first_seq: number;
  first_prev: Buffer;
  last_seq: number;
  done_seq: number;
  matched: number;
  parts: ExportPart[];
}

export interface ExportProgress {
  readonly doneSeq: number;
  readonly matched: number;
  readonly parts: readonly ExportPart[];
}

/** @returns whether the export was still this worker's */
export async function keepProgress(
  tx: TenantTx,
  { id, token }: Pick<ClaimedExport, 'id' | 'token'>,
  { doneSeq, matched, parts }: ExportProgress,
): Promise<boolean> {
  const rows = await tx.query(
    `update audit_exports set done_seq = $4, matched = $5, parts = $6, failures = 0, lease_until = now() + interval '${LEASE}'
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning 1`,
    [tx.tenantId, id, token, doneSeq, matched, JSON.stringify(parts)],
  );
  return rows.length === 1;
}

export async function finishExport(
  tx: TenantTx,
  { id, token }: Pick<ClaimedExport, 'id' | 'token'>,
  parts: readonly ExportPart[],
  keptDays: number,
): Promise<boolean> {
  const rows = await tx.query(
    `update audit_exports set status = 'succeeded', parts = $4, bytes = $5, finished_at = now(),
       expires_at = now() + make_interval(days => $6), lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running' returning 1`,
    [tx.tenantId, id, token, JSON.stringify(parts), parts.reduce((sum, part) => sum + part.bytes, 0), keptDays],
  );
  return rows.length === 1;
}

/** For good: whoever asked asks anew. What was made of it is of no use to anybody, and holds names in the clear. */
export async function failExport(
  tx: TenantTx,
  { id, token }: Pick<ClaimedExport, 'id' | 'token'>,
  failure: string,
): Promise<void> {
  await tx.query(
    `update audit_exports set status = 'failed', failure = $4, finished_at = now(), expires_at = now(),
       lease_token = null, lease_until = null
     where tenant_id = $1 and id = $2 and lease_token = $3 and status = 'running'`,
    [tx.tenantId, id, token, failure],
  );
}

/** To be taken up again soon. */
export async function releaseExport(tx: TenantTx, { id, token }: Pick<ClaimedExport, 'id' | 'token'>): Promise<void> {
  await tx.query(
    `update audit_exports set lease_until = now() + interval '10 seconds' where tenant_id = $1 and id = $2 and lease_token = $3`,
    [tx.tenantId, id, token],
  );
}

/** Nothing of it is in the store any more. */
export async function expireExport(tx: TenantTx, id: string): Promise<void> {
  await tx.query(
    `update audit_exports set parts = '[]', status = case when status = 'failed' then status else 'expired' end,
       expires_at = case when status <> 'failed' then expires_at end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
}
