import { Inject, Injectable, Module } from '@nestjs/common';
import {
  ArchiveReader,
  findHistoryNames,
  ObjectReader,
  type ArchivedEvent,
  type ArchiveError,
  type HistoryNames,
} from '@hub/archive';
import { type EventRow } from '@hub/delivery';
import {
  err,
  notFound,
  ok,
  problem,
  toPublicId,
  within,
  type Keyring,
  type Logger,
  type ObjectStore,
  type Problem,
  type Result,
} from '@hub/platform';
import { TenantDataKeys, TenantDb } from '@hub/tenancy';
import { ObjectStoreModule } from '../../infrastructure/object-store.module';
import { KEYRING, LOGGER, OBJECT_STORE } from '../../tokens';
import { toEventRow } from './archived-event.mapper';

const COME_BACK_SECONDS = 10;
/** Whoever asks does not wait for a store that is away, which is tried for a minute. */
const PATIENCE_MS = 10_000;

/** Events that have left the database, for whoever looks for one by its id. */
@Injectable()
export class ArchivedEvents {
  constructor(
    @Inject(ArchiveReader) private readonly reader: ArchiveReader,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** With all that belongs to it, and what connections and routes are called today. `null`: the archive has no such event. */
  async read(
    tenantId: string,
    trackingId: string,
  ): Promise<Result<{ archived: ArchivedEvent; names: HistoryNames } | null, Problem>> {
    const found = await inTime(this.reader.readEvent(tenantId, trackingId));
    if (!found.ok) return err(this.unavailable(tenantId, found.error));
    if (found.value === null) return ok(null);
    const archived = found.value;
    const names = await this.tenants.run(tenantId, (tx) => findHistoryNames(tx, archived.deliveries));
    return ok({ archived, names });
  }

  async find(tenantId: string, trackingId: string): Promise<Result<EventRow | null, Problem>> {
    return this.row(tenantId, await inTime(this.reader.findEvent(tenantId, trackingId)));
  }

  /** By the tenant's own event id. */
  async findByEventId(tenantId: string, eventId: string): Promise<Result<EventRow | null, Problem>> {
    return this.row(tenantId, await inTime(this.reader.findByEventId(tenantId, eventId)));
  }

  async findByDelivery(tenantId: string, deliveryId: string): Promise<Result<EventRow | null, Problem>> {
    const trackingId = await inTime(this.reader.eventOfDelivery(tenantId, deliveryId));
    if (!trackingId.ok) return err(this.unavailable(tenantId, trackingId.error));
    return trackingId.value === null ? ok(null) : this.find(tenantId, trackingId.value);
  }

  /** What to say of an event that is not at hand: 409 when it is in the archive, where nothing can be done with it. */
  async refusalOf(tenantId: string, trackingId: string): Promise<Problem> {
    return refusal(await this.find(tenantId, trackingId), 'event');
  }

  /** As {@link refusalOf}, of a delivery. */
  async refusalOfDelivery(tenantId: string, deliveryId: string): Promise<Problem> {
    return refusal(await this.findByDelivery(tenantId, deliveryId), 'delivery');
  }

  private row(
    tenantId: string,
    found: Awaited<ReturnType<ArchiveReader['findEvent']>>,
  ): Result<EventRow | null, Problem> {
    if (!found.ok) return err(this.unavailable(tenantId, found.error));
    return ok(found.value === null ? null : toEventRow(found.value));
  }

  private unavailable(tenantId: string, error: ArchiveError): Problem {
    this.logger.error(`the archive cannot be read: ${error.message}`, { tenant_id: tenantId, code: error.code });
    return problem('unavailable', 'archive_unavailable', 'The archive cannot be read at the moment.', {
      retryAfterSeconds: COME_BACK_SECONDS,
    });
  }
}

function refusal(found: Result<EventRow | null, Problem>, what: 'event' | 'delivery'): Problem {
  if (!found.ok) return found.error;
  return found.value === null ? notFound(what) : eventArchived(found.value);
}

/** Everything but to be read takes that it is at hand. */
function eventArchived({ id }: EventRow): Problem {
  const trackingId = toPublicId('event', id);
  const words = `The event ${trackingId} is in the archive. Bring it back first: POST /v1/archive/restores with it in event_ids.`;
  return problem('conflict', 'event_archived', words, { extra: { tracking_id: trackingId } });
}

async function inTime<T>(work: Promise<Result<T, ArchiveError>>): Promise<Result<T, ArchiveError>> {
  const answer = await within(work, PATIENCE_MS);
  return answer ?? err({ code: 'store_unreachable', message: 'the object store takes too long' });
}

@Module({
  imports: [ObjectStoreModule],
  providers: [
    {
      provide: ArchiveReader,
      inject: [TenantDb, KEYRING, OBJECT_STORE, LOGGER],
      useFactory: (tenants: TenantDb, keyring: Keyring, store: ObjectStore, logger: Logger) =>
        new ArchiveReader({
          tenants,
          objects: new ObjectReader(store, new TenantDataKeys({ tenants, keyring, logger })),
        }),
    },
    ArchivedEvents,
  ],
  exports: [ArchivedEvents],
})
export class ArchivedEventsModule {}
