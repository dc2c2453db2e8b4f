import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
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
import { pageOf, searchResponse, type SearchResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { SEARCH_TENANTS } from '../../tokens';
import { ArchivedEvents } from '../archive/archived-events';
import { toDeadLetterFilter } from '../dead-letters/dead-letter.mapper';
import { DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { deliveryResponse } from '../events/event.mapper';
import { type DeliveryListQuery } from './dto/delivery.dto';

const SEARCH_TIMEOUT_MS = 5_000;

@Injectable()
export class DeliveriesService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
    @Inject(DrainBell) private readonly bell: DrainBell,
    @Inject(DeliveryAdvisor) private readonly advisor: DeliveryAdvisor,
    @Inject(ArchivedEvents) private readonly archive: ArchivedEvents,
  ) {}

  async list(tenantId: string, query: DeliveryListQuery): Promise<SearchResponse<unknown>> {
    const { status, replayed } = query;
    const filter = { ...toDeadLetterFilter(query), status, replayed, trackingId: query.tracking_id };
    const found = await this.searches.run(tenantId, (tx) => listDeliveries(tx, filter, pageOf(query)), {
      statementTimeoutMs: SEARCH_TIMEOUT_MS,
    });
    return searchResponse(found, query.limit, (row) => deliveryResponse(row, this.advisor));
  }

  /** @param shown whether the caller may read payloads: what is in them is `null` otherwise, here and below */
  async get(tenantId: string, id: string, shown: boolean): Promise<Result<unknown, Problem>> {
    const uuid = pathId('delivery', id);
    const found = await this.tenants.run(tenantId, (tx) => this.read(tx, uuid, shown));
    return found ?? err(await this.archive.refusalOfDelivery(tenantId, uuid));
  }

  async retry(tenantId: string, actor: AuditActor, id: string, shown: boolean): Promise<Result<unknown, Problem>> {
    const uuid = pathId('delivery', id);
    return this.change(
      tenantId,
      uuid,
      retryDelivery,
      { actor, did: 'retried', shown },
      'Only a dead delivery can be retried.',
    );
  }

  async cancel(tenantId: string, actor: AuditActor, id: string, shown: boolean): Promise<Result<unknown, Problem>> {
    const uuid = pathId('delivery', id);
    return this.change(
      tenantId,
      uuid,
      cancelDelivery,
      { actor, did: 'cancelled', shown },
      'Only a delivery that still waits, or a dead one, can be cancelled.',
    );
  }

  private async change(
    tenantId: string,
    uuid: string,
    action: (tx: TenantTx, id: string) => Promise<ManualOutcome>,
    { actor, did, shown }: { readonly actor: AuditActor; readonly did: string; readonly shown: boolean },
    otherwise: string,
  ): Promise<Result<unknown, Problem>> {
    const result = await this.tenants.run(tenantId, async (tx) => {
      const before = await findDelivery(tx, uuid);
      // Nothing is done to one that could not be shown, as when its event has left the database.
      const outcome = before === null ? ({ kind: 'not_found' } as const) : await action(tx, uuid);
      if (outcome.kind !== 'done') return { outcome, answer: null };
      const answer = await this.read(tx, uuid, shown);
      await appendAudit(tx, {
        action: `delivery.${did}`,
        actor,
        target: { type: 'delivery', id: toPublicId('delivery', uuid) },
        before: stateOf(before),
        after: stateOf(await findDelivery(tx, uuid)),
      });
      return { outcome, answer };
    });
    if (result.outcome.kind === 'not_found') return err(await this.archive.refusalOfDelivery(tenantId, uuid));
    if (result.outcome.kind === 'wrong_status') return err(problem('conflict', 'wrong_status', otherwise));
    if (result.outcome.kind === 'replayed') return err(alreadyReplayed(result.outcome.by));
    this.bell.ring({ tenantId, connectionId: result.outcome.connectionId });
    return result.answer ?? err(notFound('delivery'));
  }

  private async read(tx: TenantTx, uuid: string, shown: boolean): Promise<Result<unknown, never> | null> {
    const row = await findDelivery(tx, uuid);
    if (row === null) return null;
    return ok(detail(row, await listAttempts(tx, [uuid]), this.advisor, shown));
  }
}

/** Never the payload: that is the tenant's data and not his configuration. */
function stateOf(row: DeliveryRow | null): unknown {
  if (row === null) return null;
  const { status, reason, attempts } = row;
  return { status, reason, attempts };
}

function alreadyReplayed(by: string): Problem {
  const delivery = toPublicId('delivery', by);
  const detail = `A replay has taken it up: its story goes on with ${delivery}.`;
  return problem('conflict', 'already_replayed', detail, { extra: { replayed_by: delivery } });
}

function detail(row: DeliveryRow, attempts: readonly AttemptRow[], advisor: DeliveryAdvisor, shown: boolean): unknown {
  const bodyOf = (text: string | null | undefined): unknown => (shown ? parsed(text ?? null) : null);
  return {
    ...deliveryResponse(row, advisor),
    mapped_payload: bodyOf(row.mapped_payload),
    attempts_made: attempts[0]?.made ?? 0,
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
      request: bodyOf(attempt.request),
      response: bodyOf(attempt.response),
      trace_id: attempt.trace_id,
    })),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
