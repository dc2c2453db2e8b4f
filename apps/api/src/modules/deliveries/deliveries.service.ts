import { Inject, Injectable } from '@nestjs/common';
import {
  cancelDelivery,
  findDelivery,
  listAttempts,
  listDeliveries,
  retryDelivery,
  type AttemptRow,
  type DeliveryRow,
  type ManualOutcome,
} from '@hub/delivery';
import { DrainBell, err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { pageOf, pageResponse, type PageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { SEARCH_TENANTS } from '../../tokens';
import { deliveryResponse } from '../events/event.mapper';
import { type DeliveryListQuery } from './dto/delivery.dto';

const SEARCH_TIMEOUT_MS = 5_000;

@Injectable()
export class DeliveriesService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  async list(tenantId: string, query: DeliveryListQuery): Promise<PageResponse<unknown>> {
    const { status, category, from, to } = query;
    const filter = {
      status,
      category,
      from,
      to,
      connectionId: query.connection_id,
      routeId: query.route_id,
      trackingId: query.tracking_id,
    };
    const rows = await this.searches.run(tenantId, (tx) => listDeliveries(tx, filter, pageOf(query)), {
      statementTimeoutMs: SEARCH_TIMEOUT_MS,
    });
    return pageResponse(rows, query.limit, deliveryResponse);
  }

  get(tenantId: string, id: string): Promise<Result<unknown, Problem>> {
    return this.tenants.run(tenantId, (tx) => this.read(tx, pathId('delivery', id)));
  }

  async retry(tenantId: string, id: string): Promise<Result<unknown, Problem>> {
    const uuid = pathId('delivery', id);
    return this.change(tenantId, uuid, retryDelivery, 'Only a dead delivery can be retried.');
  }

  async cancel(tenantId: string, id: string): Promise<Result<unknown, Problem>> {
    const uuid = pathId('delivery', id);
    return this.change(tenantId, uuid, cancelDelivery, 'Only a delivery that still waits can be cancelled.');
  }

  private async change(
    tenantId: string,
    uuid: string,
    action: (tx: TenantTx, id: string) => Promise<ManualOutcome>,
    otherwise: string,
  ): Promise<Result<unknown, Problem>> {
    const result = await this.tenants.run(tenantId, async (tx) => {
      const outcome = await action(tx, uuid);
      return { outcome, answer: outcome.kind === 'done' ? await this.read(tx, uuid) : null };
    });
    if (result.outcome.kind === 'not_found') return err(notFound('delivery'));
    if (result.outcome.kind === 'wrong_status') return err(problem('conflict', 'wrong_status', otherwise));
    this.bell.ring({ tenantId, connectionId: result.outcome.connectionId });
    return result.answer ?? err(notFound('delivery'));
  }

  private async read(tx: TenantTx, uuid: string): Promise<Result<unknown, Problem>> {
    const row = await findDelivery(tx, uuid);
    return row === null ? err(notFound('delivery')) : ok(detail(row, await listAttempts(tx, [uuid])));
  }
}

function detail(row: DeliveryRow, attempts: readonly AttemptRow[]): unknown {
  return {
    ...deliveryResponse(row),
    mapped_payload: parsed(row.mapped_payload ?? null),
    attempt_list: attempts.map((attempt) => ({
      id: toPublicId('attempt', attempt.id),
      number: attempt.number,
      started_at: attempt.started_at.toISOString(),
      duration_ms: attempt.duration_ms,
      outcome: attempt.outcome,
      category: attempt.category,
      code: attempt.code,
      message: attempt.message,
      http_status: attempt.http_status,
      request: parsed(attempt.request),
      response: parsed(attempt.response),
      trace_id: attempt.trace_id,
    })),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
