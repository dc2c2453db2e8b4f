import { Inject, Injectable } from '@nestjs/common';
import { readPolicy } from '@hub/archive';
import { type AuditActor } from '@hub/audit';
import {
  countDeadLetters,
  createReplay,
  listDeadLetterGroups,
  missingDeliveries,
  type NewReplay,
  type ReplayView,
} from '@hub/delivery';
import { DrainBell, err, notFound, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { pageOf, pageResponse } from '../../http/pagination';
import { type ApiSettings } from '../../settings';
import { SEARCH_TENANTS, SETTINGS } from '../../tokens';
import { REPLAY_BELL } from '../replays/replay-bell.module';
import { toDeadLetterFilter, toGroupsResponse } from './dead-letter.mapper';
import { DeliveryAdvisor } from './delivery-advisor';
import {
  type CancelDeadLettersRequest,
  type DeadLetterGroupsQuery,
  type RetryDeadLettersRequest,
} from './dto/dead-letter.request';
import { type DeadLetterGroupsResponse } from './dto/dead-letter.response';

const SEARCH_TIMEOUT_MS = 5_000;

@Injectable()
export class DeadLettersService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
    @Inject(REPLAY_BELL) private readonly bell: DrainBell,
    @Inject(DeliveryAdvisor) private readonly advisor: DeliveryAdvisor,
    @Inject(SETTINGS) private readonly hub: ApiSettings,
  ) {}

  async groups(tenantId: string, query: DeadLetterGroupsQuery): Promise<DeadLetterGroupsResponse> {
    const filter = toDeadLetterFilter(query);
    const { rows, total, policy } = await this.searches.run(
      tenantId,
      async (tx) => ({
        rows: await listDeadLetterGroups(tx, filter, pageOf(query)),
        total: await countDeadLetters(tx, filter),
        policy: await readPolicy(tx, this.hub),
      }),
      { statementTimeoutMs: SEARCH_TIMEOUT_MS },
    );
    const page = pageResponse(rows, query.limit, (row) => row);
    return toGroupsResponse(page, total, this.advisor, policy, new Date());
  }

  /** As a job, because there may be many: it can be followed and cancelled as a replay. */
  async takeUp(
    tenantId: string,
    actor: AuditActor,
    action: 'retry' | 'cancel',
    request: RetryDeadLettersRequest | CancelDeadLettersRequest,
  ): Promise<Result<ReplayView, Problem>> {
    const { delivery_ids: deliveryIds, filter } = request;
    const wanted: NewReplay = {
      action,
      selection:
        deliveryIds === undefined
          ? { kind: 'filter', filter: toDeadLetterFilter(filter ?? {}) }
          : { kind: 'deliveries', deliveryIds: [...new Set(deliveryIds)] },
      mapping: 'original',
      includeSucceeded: false,
      includeCancelled: false,
      includeSuperseded: 'include_superseded' in request && request.include_superseded,
      dryRun: false,
      ratePerSecond: request.rate_per_second ?? null,
      reason: request.reason ?? null,
      expectedCount: request.expected_count ?? null,
    };
    const made = await this.tenants.run(tenantId, async (tx) => {
      const missing = new Set(deliveryIds === undefined ? [] : await missingDeliveries(tx, deliveryIds));
      return missing.size > 0 ? err(unknownDeliveries(deliveryIds ?? [], missing)) : createReplay(tx, wanted, actor);
    });
    if (made.ok) this.bell.ring({ tenantId, connectionId: made.value.id });
    return made;
  }
}

function unknownDeliveries(named: readonly string[], missing: ReadonlySet<string>): Problem {
  const faults = named.flatMap((id, index) =>
    missing.has(id)
      ? [{ pointer: `/delivery_ids/${index}`, code: 'not_found', message: 'There is no such delivery' }]
      : [],
  );
  return { ...notFound('delivery'), faults };
}
