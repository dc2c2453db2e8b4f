import { Inject, Injectable } from '@nestjs/common';
import { eventTimeline, findEvent, listDeliveriesOfEvent, listEvents, type EventRow } from '@hub/delivery';
import { err, notFound, ok, parsePublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { HubProblem, unwrap } from '../../http/hub-problem';
import { pageOf, searchResponse, type SearchResponse } from '../../http/pagination';
import { NO_PAYLOAD_SEARCH } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import { SEARCH_TENANTS } from '../../tokens';
import { toDeliveryRows, toEventRow } from '../archive/archived-event.mapper';
import { ArchivedEvents } from '../archive/archived-events';
import { DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { type EventListQuery } from './dto/event.request';
import { eventFilterOf } from './event-filter';
import { eventResponseText, eventSummaryResponse, timelineResponse, type ShownEvent } from './event.mapper';

/** A search that an index cannot serve is cut, rather than slowing the database for everybody. */
const SEARCH_TIMEOUT_MS = 5_000;

/** Of the payload: not asked for, asked for by one who may read it, or by one who may not. */
export type PayloadWish = 'none' | 'shown' | 'withheld';

@Injectable()
export class ReadEventsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
    @Inject(DeliveryAdvisor) private readonly advisor: DeliveryAdvisor,
    @Inject(ArchivedEvents) private readonly archive: ArchivedEvents,
  ) {}

  /** JSON text: the payload in it is byte for byte what was received. From the archive when the database has it no longer. */
  async get(tenantId: string, trackingId: string, payload: PayloadWish): Promise<Result<string, Problem>> {
    const found = await this.withEvent(tenantId, trackingId, payload === 'shown', async (tx, event) =>
      eventResponseText(withheld(event, payload), await listDeliveriesOfEvent(tx, event.id), this.advisor),
    );
    return found.ok ? found : this.getArchived(tenantId, trackingId, payload);
  }

  async timeline(tenantId: string, trackingId: string): Promise<Result<{ data: unknown[] }, Problem>> {
    const found = await this.withEvent(tenantId, trackingId, false, async (tx, event) => ({
      data: (await eventTimeline(tx, event)).map(timelineResponse),
    }));
    if (found.ok) return found;
    return err(await this.archive.refusalOf(tenantId, pathId('event', trackingId)));
  }

  /** @param mayReadPayloads whether `q` may be any text, which is looked for in payloads too */
  async list(
    tenantId: string,
    query: EventListQuery,
    mayReadPayloads: () => boolean,
  ): Promise<SearchResponse<Record<string, unknown>>> {
    const page = pageOf(query);
    const direct = query.q === undefined ? null : unwrap(await this.byPublicId(tenantId, query.q));
    if (direct !== null) return whole(direct);
    const filter = eventFilterOf(query);
    if (filter.q !== undefined && !mayReadPayloads()) throw new HubProblem(NO_PAYLOAD_SEARCH);
    const found = await this.searches.run(tenantId, (tx) => listEvents(tx, filter, page), {
      statementTimeoutMs: SEARCH_TIMEOUT_MS,
    });
    const archived = found.rows.length === 0 ? await this.archivedByEventId(tenantId, query) : null;
    if (archived !== null) return whole([archived]);
    return searchResponse(found, query.limit, eventSummaryResponse);
  }

  /** A pasted tracking or delivery id needs no search. `null` when the text is not such an id. */
  private async byPublicId(tenantId: string, text: string): Promise<Result<ShownEvent[] | null, Problem>> {
    const parsed = parsePublicId(text.trim());
    if (parsed === null || (parsed.kind !== 'event' && parsed.kind !== 'delivery')) return ok(null);
    const here = await this.tenants.run(tenantId, async (tx) => {
      const id = parsed.kind === 'event' ? parsed.uuid : await trackingIdOf(tx, parsed.uuid);
      return id === null ? null : findEvent(tx, id, false);
    });
    if (here !== null) return ok([here]);
    const archived =
      parsed.kind === 'event'
        ? await this.archive.find(tenantId, parsed.uuid)
        : await this.archive.findByDelivery(tenantId, parsed.uuid);
    if (!archived.ok) return archived;
    return ok(archived.value === null ? [] : [{ ...archived.value, archived: true }]);
  }

  /** Only for who asks for an event by its id and by nothing else: the archive is found by ids, not searched. */
  private async archivedByEventId(tenantId: string, query: EventListQuery): Promise<ShownEvent | null> {
    const { event_id: eventId, limit: _limit, ...others } = query;
    if (eventId === undefined || Object.values(others).some((value) => value !== undefined)) return null;
    const row = unwrap(await this.archive.findByEventId(tenantId, eventId));
    return row === null ? null : { ...row, archived: true };
  }

  private async getArchived(tenantId: string, trackingId: string, wish: PayloadWish): Promise<Result<string, Problem>> {
    const found = await this.archive.read(tenantId, pathId('event', trackingId));
    if (!found.ok) return found;
    if (found.value === null) return err(notFound('event'));
    const { archived, names } = found.value;
    const payload = wish === 'shown' ? String(archived.event['payload']) : undefined;
    const event = withheld({ ...toEventRow(archived.event), payload, archived: true }, wish);
    return ok(eventResponseText(event, toDeliveryRows(archived, names), this.advisor));
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

/** The payload's JSON text becomes `null`. */
function withheld<Event extends ShownEvent>(event: Event, wish: PayloadWish): Event {
  return wish === 'withheld' ? { ...event, payload: 'null' } : event;
}

async function trackingIdOf(tx: TenantTx, deliveryId: string): Promise<string | null> {
  const [row] = await tx.query<{ tracking_id: string }>(
    `select tracking_id from deliveries where tenant_id = $1 and id = $2`,
    [tx.tenantId, deliveryId],
  );
  return row?.tracking_id ?? null;
}

/** All there is. */
function whole(rows: readonly ShownEvent[]): SearchResponse<Record<string, unknown>> {
  return { data: rows.map(eventSummaryResponse), next_cursor: null, searched_back_to: null };
}
