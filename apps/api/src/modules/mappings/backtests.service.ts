import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import { type MappingEngine } from '@hub/mapping-engine';
import {
  cancelBacktest,
  checkExpression,
  checkTables,
  createBacktest,
  findBacktest,
  listBacktestItems,
  listBacktests,
  PayloadSeals,
  type BacktestItem,
  type BacktestRow,
  type ItemFilter,
  type LookupTables,
} from '@hub/mapping-store';
import { err, notFound, ok, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { type Page } from '../../http/pagination';
import { MAPPING_ENGINE } from '../../tokens';
import { toBacktestResponse } from './backtest.mapper';
import { type CreateBacktestRequest } from './dto/backtest.dto';
import { publisherOf } from './publisher-of';

const change = changesOf<BacktestRow>('backtest', 'backtest', toBacktestResponse);

/** Back-tests are planned and read here; the worker runs them. */
@Injectable()
export class BacktestsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
    @Inject(PayloadSeals) private readonly seals: PayloadSeals,
  ) {}

  async create(
    tenantId: string,
    actor: AuditActor,
    mappingId: string,
    request: CreateBacktestRequest,
  ): Promise<Result<BacktestRow, Problem>> {
    const { version = null, expression = '' } = request;
    const tables = version === null ? this.checkDraft(expression, request.tables) : ok(undefined);
    if (!tables.ok) return tables;
    return this.tenants.run(tenantId, async (tx) => {
      const created = await createBacktest(tx, {
        mappingId,
        version,
        expression,
        ...(tables.value === undefined ? {} : { tables: tables.value }),
        wanted: request.limit,
        routeIds: request.route_ids ?? null,
        by: publisherOf(actor),
      });
      return audited(tx, created, (after) => change(actor, 'started', { after }));
    });
  }

  async list(tenantId: string, mappingId: string, page: Page): Promise<Result<BacktestRow[], Problem>> {
    const wanted = { ...page, limit: page.limit + 1 };
    const rows = await this.tenants.run(tenantId, (tx) => listBacktests(tx, mappingId, wanted));
    return rows === null ? err(notFound('mapping')) : ok(rows);
  }

  async find(tenantId: string, mappingId: string, id: string): Promise<Result<BacktestRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findBacktest(tx, mappingId, id));
    return row === null ? err(notFound('back-test')) : ok(row);
  }

  async items(
    tenantId: string,
    mappingId: string,
    id: string,
    page: { readonly limit: number; readonly after: number },
    filter: ItemFilter,
  ): Promise<Result<BacktestItem[], Problem>> {
    const seal = await this.seals.of(tenantId);
    if (!seal.ok) return seal;
    return this.tenants.run(tenantId, async (tx) => {
      if ((await findBacktest(tx, mappingId, id)) === null) return err(notFound('back-test'));
      return listBacktestItems(tx, seal.value, id, { ...page, limit: page.limit + 1 }, filter);
    });
  }

  cancel(tenantId: string, actor: AuditActor, mappingId: string, id: string): Promise<Result<BacktestRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) =>
      audited(tx, await cancelBacktest(tx, mappingId, id), (after) => change(actor, 'cancelled', { after })),
    );
  }

  private checkDraft(expression: string, tables: unknown): Result<LookupTables | undefined, Problem> {
    const checked = checkExpression(this.engine, expression, '/expression');
    if (!checked.ok) return checked;
    return tables === undefined ? ok(undefined) : checkTables(tables);
  }
}
