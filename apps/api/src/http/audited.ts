import { appendAudit, type AuditActor, type AuditEntry } from '@hub/audit';
import { toPublicId, type IdKind, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';

/** Records what was done if it was, as the last thing in its transaction, and passes the result on. */
export async function audited<T>(
  tx: TenantTx,
  result: Result<T, Problem>,
  entryOf: (value: T) => AuditEntry,
): Promise<Result<T, Problem>> {
  if (result.ok) await appendAudit(tx, entryOf(result.value));
  return result;
}

export interface AuditedChange<Row> {
  readonly before?: Row | null;
  readonly after?: Row | null;
  readonly reason?: string;
  readonly details?: AuditEntry['details'];
}

/**
 * How changes of one kind of thing are recorded: before and after as the API shows them, which holds no secret.
 *
 * @throws Error for a change of nothing into nothing
 */
export function changesOf<Row extends { readonly id: string; readonly name?: string | null }>(
  type: string,
  kind: IdKind,
  show: (row: Row) => unknown,
): (actor: AuditActor, did: string, change: AuditedChange<Row>) => AuditEntry {
  const shown = (row: Row | null | undefined): unknown => (row == null ? null : show(row));
  return (actor, did, { before, after, reason, details }) => {
    const row = after ?? before;
    if (row == null) throw new Error(`nothing was ${did}`);
    return {
      action: `${type}.${did}`,
      actor,
      target: { type, id: toPublicId(kind, row.id), name: row.name ?? null },
      before: shown(before),
      after: shown(after),
      reason,
      details,
    };
  };
}
