import { Inject, Injectable } from '@nestjs/common';
import { type MappingEngine } from '@hub/mapping-engine';
import {
  addVersion,
  checkMappingContent,
  checkTables,
  deleteMapping,
  findMapping,
  findVersion,
  insertMapping,
  listMappings,
  listVersions,
  problemOfMapping,
  publishVersion,
  rollbackMapping,
  updateMapping,
  type MappingChange,
  type MappingRow,
  type MappingVersionRow,
  type MappingVersionSummaryRow,
} from '@hub/mapping-store';
import { err, notFound, ok, type Json, type JsonObject, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { MAPPING_ENGINE } from '../../tokens';

export interface VersionRequest {
  readonly expression: string;
  readonly tables?: unknown;
  readonly note?: string;
}

export interface MappingRequest extends VersionRequest {
  readonly name: string;
  readonly description?: string;
}

export interface PreviewRequest {
  readonly expression: string;
  /** JSON text of the input, as the caller wrote it. */
  readonly inputText: string;
  readonly event?: JsonObject;
  readonly tables?: unknown;
}

@Injectable()
export class MappingsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
  ) {}

  async create(tenantId: string, request: MappingRequest): Promise<Result<MappingRow, Problem>> {
    const { name, description = '', expression, note = '' } = request;
    const tables = checkMappingContent(this.engine, expression, request.tables ?? {});
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, (tx) =>
      insertMapping(tx, { name, description, expression, tables: tables.value, note }),
    );
  }

  list(tenantId: string, page: { limit: number; before: string | null }): Promise<MappingRow[]> {
    return this.tenants.run(tenantId, (tx) => listMappings(tx, { ...page, limit: page.limit + 1 }));
  }

  async find(tenantId: string, id: string): Promise<Result<MappingRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findMapping(tx, id));
    return row === null ? err(notFound('mapping')) : ok(row);
  }

  update(tenantId: string, id: string, change: MappingChange): Promise<Result<MappingRow, Problem>> {
    return this.tenants.run(tenantId, (tx) => updateMapping(tx, id, change));
  }

  delete(tenantId: string, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, (tx) => deleteMapping(tx, id));
  }

  async addVersion(tenantId: string, id: string, request: VersionRequest): Promise<Result<MappingVersionRow, Problem>> {
    const { expression, note = '' } = request;
    const tables = checkMappingContent(this.engine, expression, request.tables ?? {});
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, (tx) => addVersion(tx, id, { expression, tables: tables.value, note }));
  }

  async listVersions(
    tenantId: string,
    id: string,
    page: { limit: number; before: number | null },
  ): Promise<Result<MappingVersionSummaryRow[], Problem>> {
    const rows = await this.tenants.run(tenantId, (tx) => listVersions(tx, id, { ...page, limit: page.limit + 1 }));
    return rows === null ? err(notFound('mapping')) : ok(rows);
  }

  /** `null` stands for a number that cannot be one of a version. */
  async findVersion(tenantId: string, id: string, version: number | null): Promise<Result<MappingVersionRow, Problem>> {
    if (version === null) return err(notFound('mapping version'));
    const row = await this.tenants.run(tenantId, async (tx) =>
      (await findMapping(tx, id)) === null ? null : findVersion(tx, id, version),
    );
    return row === null ? err(notFound('mapping version')) : ok(row);
  }

  publish(tenantId: string, id: string, version: number): Promise<Result<MappingRow, Problem>> {
    return this.tenants.run(tenantId, (tx) => publishVersion(tx, id, version));
  }

  rollback(tenantId: string, id: string): Promise<Result<MappingRow, Problem>> {
    return this.tenants.run(tenantId, (tx) => rollbackMapping(tx, id));
  }

  /** Runs in the tenant's lane: somebody who tries things out waits behind himself, not behind other companies. */
  async preview(tenantId: string, request: PreviewRequest): Promise<Result<Json, Problem>> {
    const tables = checkTables(request.tables ?? {});
    if (!tables.ok) return tables;
    const outcome = await this.engine.evaluate({
      expression: request.expression,
      inputText: request.inputText,
      bindings: { event: request.event ?? {}, tables: tables.value },
      lane: tenantId,
    });
    if (!outcome.ok) return err(problemOfMapping(outcome.error, '/expression'));
    return ok(JSON.parse(outcome.value.outputText) as Json);
  }
}
