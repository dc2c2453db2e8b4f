import { Inject, Injectable } from '@nestjs/common';
import {
  appendOperatorAudit,
  findExport,
  insertOperatorExport,
  listExports,
  type AuditActor,
  type AuditFilter,
  type ExportFormat,
  type ExportRow,
} from '@hub/audit';
import { type Database } from '@hub/database';
import { err, notFound, ok, toPublicId, type Problem, type Result } from '@hub/platform';
import { findTenant, TenantDb } from '@hub/tenancy';
import { type Page } from '../../http/pagination';
import { OPERATOR_DATABASE } from '../../tokens';
import { AuditLogService, type NewestCheckpoint } from '../audit-log/audit-log.service';
import { AuditExportsService, exportEntry, type ExportArchive } from './audit-exports.service';

export interface WantedExport {
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  readonly reason: string;
}

/**
 * A tenant's chain for operators: nobody is let into a tenant that is suspended or erased, and its log is to be had all the
 * same. For a reason that both chains tell, and nothing but what operators asked for themselves.
 */
@Injectable()
export class TenantAuditExportsService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly database: Database,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(AuditExportsService) private readonly exports: AuditExportsService,
    @Inject(AuditLogService) private readonly log: AuditLogService,
  ) {}

  async create(tenantId: string, actor: AuditActor, wanted: WantedExport): Promise<Result<ExportRow, Problem>> {
    const { format, filter, reason } = wanted;
    const created = await this.database.transaction(async (tx): Promise<Result<string, Problem>> => {
      if ((await findTenant(tx, tenantId)) === null) return err(notFound('tenant'));
      const id = await insertOperatorExport(tx, tenantId, wanted);
      const details = { tenant_id: toPublicId('tenant', tenantId), format, filter };
      await appendOperatorAudit(tx, exportEntry('audit.export_requested', actor, id, { details, reason }), tenantId);
      return ok(id);
    });
    return created.ok ? this.find(tenantId, created.value) : created;
  }

  async list(tenantId: string, page: Page): Promise<Result<ExportRow[], Problem>> {
    if (!(await this.isThere(tenantId))) return err(notFound('tenant'));
    const wanted = { ...page, limit: page.limit + 1, askedByOperators: true };
    return ok(await this.tenants.run(tenantId, (tx) => listExports(tx, wanted)));
  }

  async find(tenantId: string, id: string): Promise<Result<ExportRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findExport(tx, id));
    return row === null || row.operator_reason === null ? err(notFound('audit export')) : ok(row);
  }

  async download(tenantId: string, actor: AuditActor, id: string): Promise<Result<ExportArchive, Problem>> {
    const found = await this.find(tenantId, id);
    if (!found.ok) return found;
    const more = { details: { tenant_id: toPublicId('tenant', tenantId) }, reason: found.value.operator_reason };
    return this.exports.open(tenantId, found.value, () =>
      this.database.transaction((tx) =>
        appendOperatorAudit(tx, exportEntry('audit.export_downloaded', actor, id, more), tenantId),
      ),
    );
  }

  /** What an export is checked with. It tells how long the chain is, and nothing that is in it. */
  async checkpoint(tenantId: string): Promise<Result<NewestCheckpoint, Problem>> {
    return (await this.isThere(tenantId)) ? ok(await this.log.checkpoint(tenantId)) : err(notFound('tenant'));
  }

  private async isThere(tenantId: string): Promise<boolean> {
    return (await this.database.transaction((tx) => findTenant(tx, tenantId))) !== null;
  }
}
