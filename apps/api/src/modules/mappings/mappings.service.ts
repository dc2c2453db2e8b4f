import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
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
  lastPublications,
  listMappings,
  listVersions,
  MappingPublisher,
  PayloadSeals,
  problemOfMapping,
  updateMapping,
  type MappingChange,
  type MappingRow,
  type MappingVersionRow,
  type NewMapping,
  type PublishedMapping,
} from '@hub/mapping-store';
import { err, notFound, ok, problem, type Json, type JsonObject, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { CONNECTOR_REGISTRY, MAPPING_ENGINE } from '../../tokens';
import { findTemplate } from '../mapping-templates/templates';
import { toMappingResponse, toVersionResponse, type ListedVersion } from './mapping.mapper';
import { PreviewLinks, type GivenLink } from './preview-links';
import { publisherOf } from './publisher-of';
import { templateGoldenCases } from './template-golden-cases';

const change = changesOf<MappingRow>('mapping', 'mapping', (row) => toMappingResponse(row, () => undefined));

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

export interface PublishWanted {
  readonly version: number;
  readonly expected_version?: number | undefined;
}

export interface RollbackWanted {
  readonly to_version?: number | undefined;
  readonly expected_version?: number | undefined;
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
  private readonly publisher: MappingPublisher;

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(PayloadSeals) seals: PayloadSeals,
  ) {
    this.publisher = new MappingPublisher(tenants, engine, seals);
  }

  async create(tenantId: string, actor: AuditActor, request: MappingRequest): Promise<Result<MappingRow, Problem>> {
    const content = this.contentOf(request);
    if (!content.ok) return content;
    const { expression } = content.value;
    const tables = checkMappingContent(this.engine, expression, request.tables ?? {});
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, async (tx) =>
      audited(tx, await insertMapping(tx, { ...content.value, tables: tables.value }, publisherOf(actor)), (after) =>
        change(actor, 'created', { after, details: { expression } }),
      ),
    );
  }

  list(tenantId: string, page: { limit: number; before: string | null }): Promise<MappingRow[]> {
    return this.tenants.run(tenantId, (tx) => listMappings(tx, { ...page, limit: page.limit + 1 }));
  }

  async find(tenantId: string, id: string): Promise<Result<MappingRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findMapping(tx, id));
    return row === null ? err(notFound('mapping')) : ok(row);
  }

  update(tenantId: string, actor: AuditActor, id: string, wanted: MappingChange): Promise<Result<MappingRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findMapping(tx, id);
      return audited(tx, await updateMapping(tx, id, wanted), (after) => change(actor, 'updated', { before, after }));
    });
  }

  delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findMapping(tx, id);
      return audited(tx, await deleteMapping(tx, id), () => change(actor, 'deleted', { before }));
    });
  }

  async addVersion(
    tenantId: string,
    actor: AuditActor,
    id: string,
    request: VersionRequest,
  ): Promise<Result<ListedVersion<MappingVersionRow>, Problem>> {
    const { expression, note = '' } = request;
    const tables = checkMappingContent(this.engine, expression, request.tables ?? {});
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findMapping(tx, id);
      const added = await addVersion(tx, id, { expression, tables: tables.value, note });
      const unpublished = added.ok ? ok({ ...added.value, published: null }) : added;
      return audited(tx, unpublished, (version) =>
        change(actor, 'version_added', { before, details: { version: toVersionResponse(version) } }),
      );
    });
  }

  async listVersions(
    tenantId: string,
    id: string,
    page: { limit: number; before: number | null },
  ): Promise<Result<ListedVersion[], Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const rows = await listVersions(tx, id, { ...page, limit: page.limit + 1 });
      return rows === null ? err(notFound('mapping')) : ok(await withPublications(tx, id, rows));
    });
  }

  /** `null` stands for a number that cannot be one of a version. */
  async findVersion(
    tenantId: string,
    id: string,
    version: number | null,
  ): Promise<Result<ListedVersion<MappingVersionRow>, Problem>> {
    if (version === null) return err(notFound('mapping version'));
    return this.tenants.run(tenantId, async (tx) => {
      const row = (await findMapping(tx, id)) === null ? null : await findVersion(tx, id, version);
      const [listed] = row === null ? [] : await withPublications(tx, id, [row]);
      return listed === undefined ? err(notFound('mapping version')) : ok(listed);
    });
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
      goldenCases: templateGoldenCases(template),
    });
  }

  publish(
    tenantId: string,
    actor: AuditActor,
    id: string,
    { version, expected_version: expectedVersion }: PublishWanted,
  ): Promise<Result<PublishedMapping, Problem>> {
    return this.publisher.publish(tenantId, id, { version, expectedVersion }, actor);
  }

  rollback(
    tenantId: string,
    actor: AuditActor,
    id: string,
    { to_version: toVersion, expected_version: expectedVersion }: RollbackWanted,
  ): Promise<Result<MappingRow, Problem>> {
    return this.publisher.rollback(tenantId, id, { toVersion, expectedVersion }, actor);
  }

  /** Runs in the tenant's lane: somebody who tries things out waits behind themselves, not behind other companies. */
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

async function withPublications<Row extends { readonly version: number }>(
  tx: TenantTx,
  id: string,
  rows: readonly Row[],
): Promise<ListedVersion<Row>[]> {
  const published = await lastPublications(
    tx,
    id,
    rows.map(({ version }) => version),
  );
  return rows.map((row) => ({ ...row, published: published.get(row.version) ?? null }));
}
