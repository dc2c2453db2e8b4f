import { Inject, Injectable } from '@nestjs/common';
import { type ConnectorRegistry } from '@hub/connector-sdk';
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
  type NewMapping,
} from '@hub/mapping-store';
import { err, notFound, ok, problem, type Json, type JsonObject, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { CONNECTOR_REGISTRY, MAPPING_ENGINE } from '../../tokens';
import { findTemplate } from '../mapping-templates/templates';
import { PreviewLinks, type GivenLink } from './preview-links';

export interface VersionRequest {
  readonly expression: string;
  readonly tables?: unknown;
  readonly note?: string;
}

/** Either an expression and a name, or a template. */
export interface MappingRequest extends Partial<VersionRequest> {
  readonly name?: string;
  readonly description?: string;
  readonly template_id?: string;
}

export interface PreviewRequest {
  readonly expression: string;
  /** JSON text of the input, as the caller wrote it. */
  readonly inputText: string;
  readonly event?: JsonObject;
  readonly tables?: unknown;
  readonly links?: readonly GivenLink[];
}

@Injectable()
export class MappingsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
  ) {}

  async create(tenantId: string, request: MappingRequest): Promise<Result<MappingRow, Problem>> {
    const content = this.contentOf(request);
    if (!content.ok) return content;
    const { expression } = content.value;
    const tables = checkMappingContent(this.engine, expression, request.tables ?? {});
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, (tx) => insertMapping(tx, { ...content.value, tables: tables.value }));
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

  /** As the connectors have it now. */
  templateVersion(id: string): number | undefined {
    return findTemplate(this.connectors, id)?.template.version;
  }

  private contentOf(request: MappingRequest): Result<Omit<NewMapping, 'tables'>, Problem> {
    const { template_id: id, name, description, expression = '', note } = request;
    if (id === undefined) return ok({ name: name ?? '', description: description ?? '', expression, note: note ?? '' });
    const template = findTemplate(this.connectors, id)?.template;
    if (template === undefined) {
      const fault = { pointer: '/template_id', code: 'unknown_template', message: 'There is no such template' };
      return err(problem('unprocessable', 'unknown_template', 'There is no such template.', { faults: [fault] }));
    }
    return ok({
      name: name ?? template.title,
      description: description ?? template.description,
      expression: template.expression,
      note: note ?? `Copied from ${template.id}, version ${template.version}.`,
      template: { id: template.id, version: template.version },
    });
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
      links: PreviewLinks.of(this.tenants, tenantId, request),
    });
    if (!outcome.ok) return err(problemOfMapping(outcome.error, '/expression'));
    return ok(JSON.parse(outcome.value.outputText) as Json);
  }
}
