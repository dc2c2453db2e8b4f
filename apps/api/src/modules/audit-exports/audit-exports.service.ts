import { Inject, Injectable } from '@nestjs/common';
import {
  appendAudit,
  findExport,
  findExportParts,
  insertExport,
  listExports,
  type AuditActor,
  type AuditEntry,
  type AuditFilter,
  type ExportFormat,
  type ExportPart,
  type ExportRow,
} from '@hub/audit';
import { err, notFound, ok, problem, toPublicId, type ObjectStore, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type Page } from '../../http/pagination';
import { OBJECT_STORE } from '../../tokens';

export interface ExportArchive {
  readonly name: string;
  readonly bytes: number;
  /** In the order in which they are to be sent. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** Exports of a tenant's chain, or, as the tenant that does not exist, of the operators'. A worker makes them. */
@Injectable()
export class AuditExportsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
  ) {}

  /** What is exported begins with what there is then, this request included. */
  create(chain: string, actor: AuditActor, format: ExportFormat, filter: AuditFilter): Promise<ExportRow> {
    return this.tenants.run(chain, async (tx) => {
      const row = await insertExport(tx, format, filter);
      await appendAudit(tx, exportEntry('audit.export_requested', actor, row.id, { details: { format, filter } }));
      return row;
    });
  }

  list(chain: string, page: Page): Promise<ExportRow[]> {
    return this.tenants.run(chain, (tx) => listExports(tx, { ...page, limit: page.limit + 1 }));
  }

  async find(chain: string, id: string): Promise<Result<ExportRow, Problem>> {
    const row = await this.tenants.run(chain, (tx) => findExport(tx, id));
    return row === null ? err(notFound('audit export')) : ok(row);
  }

  /** Whoever takes the log out of the hub is recorded in it. */
  async download(chain: string, actor: AuditActor, id: string): Promise<Result<ExportArchive, Problem>> {
    const found = await this.find(chain, id);
    if (!found.ok) return found;
    return this.open(chain, found.value, () =>
      this.tenants.run(chain, (tx) => appendAudit(tx, exportEntry('audit.export_downloaded', actor, id))),
    );
  }

  /** @param record that it was taken out: done before anything of it leaves */
  async open(chain: string, row: ExportRow, record: () => Promise<void>): Promise<Result<ExportArchive, Problem>> {
    const { id } = row;
    if (row.status !== 'succeeded' || row.bytes === null) return err(notThere(row));
    const parts = await this.tenants.run(chain, (tx) => findExportParts(tx, id));
    const [first] = parts;
    const begun = first === undefined ? null : await this.store.get(first.key);
    // Only before the first byte can it be said that the rest cannot be had.
    if (begun === null || !begun.ok) return err(STORE_AWAY);
    await record();
    const name = `audit-${toPublicId('auditExport', id)}.tar.gz`;
    return ok({ name, bytes: row.bytes, pieces: this.pieces(begun.value, parts.slice(1)) });
  }

  private async *pieces(first: Buffer, others: readonly ExportPart[]): AsyncGenerator<Buffer> {
    yield first;
    for (const { key } of others) {
      const piece = await this.store.get(key);
      // The caller has been told how many bytes there are, so they see that they are not all.
      if (!piece.ok) throw new Error(`a piece of an audit export cannot be read (${piece.error.code})`);
      yield piece.value;
    }
  }
}

const STORE_AWAY = problem('unavailable', 'object_store_unavailable', 'The export cannot be read right now.', {
  retryAfterSeconds: 10,
});

export function exportEntry(
  action: 'audit.export_requested' | 'audit.export_downloaded',
  actor: AuditActor,
  id: string,
  more: Pick<AuditEntry, 'details' | 'reason'> = {},
): AuditEntry {
  return { action, actor, target: { type: 'audit_export', id: toPublicId('auditExport', id) }, ...more };
}

function notThere({ status }: ExportRow): Problem {
  const why =
    status === 'expired'
      ? 'The export has had its time. Ask for another one.'
      : status === 'failed'
        ? 'The export has failed.'
        : 'The export is still being made.';
  return problem('conflict', status === 'expired' ? 'export_expired' : 'export_not_ready', why);
}
