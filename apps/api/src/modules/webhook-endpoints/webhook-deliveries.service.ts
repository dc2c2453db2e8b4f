import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor, type AuditEntry } from '@hub/audit';
import {
  findNotice,
  listAttempts,
  listNotices,
  noticeStatistics,
  recoverNotices,
  resendNotice,
  type AttemptRow,
  type NoticeFilter,
  type NoticeRow,
  type NoticeStatistics,
} from '@hub/delivery';
import { DrainBell, err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { findEndpoint, type EndpointRow } from '@hub/webhooks';
import { INTERNAL_TENANTS } from './internal-tenants';
import { MissedNotices } from './missed-notices.service';

const DAY_MS = 86_400_000;
/** As long as what happened is kept at hand. */
const LONGEST_LOOK_BACK_MS = 7 * DAY_MS;
const MOST_RECOVERED = 10_000;
/** Counting a week of a large tenant takes its time; what takes longer is better asked for less. */
const STATISTICS_TIMEOUT_MS = 10_000;

export interface NoticeDetail {
  readonly row: NoticeRow;
  readonly attempts: readonly AttemptRow[];
}

export interface Recovered {
  readonly recovered: number;
  readonly missed: number;
  readonly more: boolean;
}

/** The log of one endpoint, and second chances. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    @Inject(INTERNAL_TENANTS) private readonly tenants: TenantDb,
    @Inject(MissedNotices) private readonly missed: MissedNotices,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  list(
    tenantId: string,
    id: string,
    filter: NoticeFilter,
    page: { limit: number; before: string | null },
  ): Promise<Result<NoticeRow[], Problem>> {
    return this.within(tenantId, id, async (tx, { connection_id: connection }) =>
      ok(await listNotices(tx, connection, filter, page)),
    );
  }

  get(tenantId: string, id: string, deliveryId: string): Promise<Result<NoticeDetail, Problem>> {
    return this.within(tenantId, id, (tx, endpoint) => detail(tx, endpoint, deliveryId));
  }

  /** Goes out under the same `webhook-id`, whatever became of it before. */
  async retry(
    tenantId: string,
    actor: AuditActor,
    id: string,
    deliveryId: string,
  ): Promise<Result<NoticeDetail, Problem>> {
    return this.rung(tenantId, id, async (tx, endpoint) => {
      const outcome = await resendNotice(tx, endpoint.connection_id, deliveryId);
      if (outcome.kind === 'not_found') return err(notFound('delivery'));
      if (outcome.kind === 'under_way')
        return err(problem('conflict', 'delivery_under_way', 'The notice is being sent at this moment.'));
      const resent = await detail(tx, endpoint, outcome.deliveryId);
      const details = { delivery_id: toPublicId('delivery', deliveryId) };
      await appendAudit(tx, entry(actor, 'notice_resent', endpoint, details));
      return resent;
    });
  }

  async recover(
    tenantId: string,
    actor: AuditActor,
    id: string,
    since: Date,
    alsoMissed: boolean,
  ): Promise<Result<Recovered, Problem>> {
    const bounded = lookBack(since, '/since');
    if (!bounded.ok) return bounded;
    return this.rung(tenantId, id, async (tx, endpoint) => {
      const recovered = await recoverNotices(tx, endpoint.connection_id, since, MOST_RECOVERED);
      const missed = alsoMissed ? await this.missed.make(tx, endpoint, since) : { made: 0, more: false };
      const more = recovered === MOST_RECOVERED || missed.more;
      const details = { since: since.toISOString(), recovered, missed: missed.made };
      await appendAudit(tx, entry(actor, 'recovered', endpoint, details));
      return ok({ recovered, missed: missed.made, more });
    });
  }

  async statistics(tenantId: string, id: string, since: Date): Promise<Result<NoticeStatistics, Problem>> {
    const bounded = lookBack(since, '#query/from');
    if (!bounded.ok) return bounded;
    return this.within(
      tenantId,
      id,
      async (tx, { connection_id: connection }) => ok(await noticeStatistics(tx, connection, since)),
      STATISTICS_TIMEOUT_MS,
    );
  }

  private within<T>(
    tenantId: string,
    id: string,
    work: (tx: TenantTx, endpoint: EndpointRow) => Promise<Result<T, Problem>>,
    statementTimeoutMs?: number,
  ): Promise<Result<T, Problem>> {
    return this.tenants.run(
      tenantId,
      async (tx) => {
        const endpoint = await findEndpoint(tx, id);
        return endpoint === null ? err(notFound('webhook endpoint')) : work(tx, endpoint);
      },
      statementTimeoutMs === undefined ? {} : { statementTimeoutMs },
    );
  }

  /** And then tells the worker that something is due. */
  private async rung<T>(
    tenantId: string,
    id: string,
    work: (tx: TenantTx, endpoint: EndpointRow) => Promise<Result<T, Problem>>,
  ): Promise<Result<T, Problem>> {
    let connectionId: string | null = null;
    const done = await this.within(tenantId, id, (tx, endpoint) => {
      connectionId = endpoint.connection_id;
      return work(tx, endpoint);
    });
    if (done.ok && connectionId !== null) this.bell.ring({ tenantId, connectionId });
    return done;
  }
}

async function detail(
  tx: TenantTx,
  { connection_id: connection }: EndpointRow,
  deliveryId: string,
): Promise<Result<NoticeDetail, Problem>> {
  const row = await findNotice(tx, connection, deliveryId);
  return row === null ? err(notFound('delivery')) : ok({ row, attempts: await listAttempts(tx, [deliveryId]) });
}

function lookBack(since: Date, pointer: string): Result<null, Problem> {
  if (Date.now() - since.getTime() <= LONGEST_LOOK_BACK_MS) return ok(null);
  const faults = [{ pointer, code: 'too_long_ago', message: 'Must be at most 7 days ago' }];
  return err(problem('unprocessable', 'too_long_ago', 'What happened is kept at hand for 7 days.', { faults }));
}

function entry(
  actor: AuditActor,
  did: string,
  endpoint: EndpointRow,
  details: NonNullable<AuditEntry['details']>,
): AuditEntry {
  const target = { type: 'webhook_endpoint', id: toPublicId('webhookEndpoint', endpoint.id), name: endpoint.url };
  return { action: `webhook_endpoint.${did}`, actor, target, details };
}
