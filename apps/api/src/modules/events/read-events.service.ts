import { Inject, Injectable } from '@nestjs/common';
import {
  eventTimeline,
  findEvent,
  listDeliveriesOfEvent,
  listEvents,
  type EventFilter,
  type EventRow,
} from '@hub/delivery';
import { err, notFound, ok, parsePublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { pageOf, pageResponse, type PageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { SEARCH_TENANTS } from '../../tokens';
import { type EventListQuery } from './dto/event.request';
import { eventResponseText, eventSummaryResponse, timelineResponse } from './event.mapper';

/** A search that an index cannot serve is cut, rather than slowing the database for everybody. */
const SEARCH_TIMEOUT_MS = 5_000;

@Injectable()
export class ReadEventsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
  ) {}

  /** JSON text: the payload in it is byte for byte what was received. */
  get(tenantId: string, trackingId: string, withPayload: boolean): Promise<Result<string, Problem>> {
    return this.withEvent(tenantId, trackingId, withPayload, async (tx, event) =>
      eventResponseText(event, await listDeliveriesOfEvent(tx, event.id)),
    );
  }

  timeline(tenantId: string, trackingId: string): Promise<Result<{ data: unknown[] }, Problem>> {
    return this.withEvent(tenantId, trackingId, false, async (tx, event) => ({
      data: (await eventTimeline(tx, event)).map(timelineResponse),
    }));
  }

  async list(tenantId: string, query: EventListQuery): Promise<PageResponse<Record<string, unknown>>> {
    const page = pageOf(query);
    const direct = query.q === undefined ? null : await this.byPublicId(tenantId, query.q);
    if (direct !== null) return { data: direct.map(eventSummaryResponse), next_cursor: null };
    const rows = await this.searches.run(tenantId, (tx) => listEvents(tx, filterOf(query), page), {
      statementTimeoutMs: SEARCH_TIMEOUT_MS,
    });
    return pageResponse(rows, query.limit, eventSummaryResponse);
  }

  /** A pasted tracking or delivery id needs no search. `null` when the text is not such an id. */
  private async byPublicId(tenantId: string, text: string): Promise<EventRow[] | null> {
    const parsed = parsePublicId(text.trim());
    if (parsed === null || (parsed.kind !== 'event' && parsed.kind !== 'delivery')) return null;
    return this.tenants.run(tenantId, async (tx) => {
      const id = parsed.kind === 'event' ? parsed.uuid : await trackingIdOf(tx, parsed.uuid);
      const event = id === null ? null : await findEvent(tx, id, false);
      return event === null ? [] : [event];
    });
  }

  private async withEvent<T>(
    tenantId: string,
    trackingId: string,
    withPayload: boolean,
    use: (tx: TenantTx, event: EventRow) => Promise<T>,
  ): Promise<Result<T, Problem>> {
    const id = pathId('event', trackingId);
    return this.tenants.run(tenantId, async (tx) => {
      const event = await findEvent(tx, id, withPayload);
      return event === null ? err(notFound('event')) : ok(await use(tx, event));
    });
  }
}

async function trackingIdOf(tx: TenantTx, deliveryId: string): Promise<string | null> {
  const [row] = await tx.query<{ tracking_id: string }>(
    `select tracking_id from deliveries where tenant_id = $1 and id = $2`,
    [tx.tenantId, deliveryId],
  );
  return row?.tracking_id ?? null;
}

function filterOf(query: EventListQuery): EventFilter {
  const { status, type, source, subject, from, to, q } = query;
  return { status, type, source, subject, from, to, q, eventId: query.event_id, connectionId: query.connection_id };
}
