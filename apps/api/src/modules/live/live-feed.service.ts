import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { findDelivery, readPosition, type TailPosition } from '@hub/delivery';
import { err, parsePublicId, problem, type Logger, type Problem, type Result } from '@hub/platform';
import { TenantDb, type KeyIdentity } from '@hub/tenancy';
import { mayReadPayloads, NO_PAYLOAD_SEARCH, showsPayloads } from '../../http/payload-access';
import { StandingAccess } from '../../http/standing-access';
import { LOGGER, SEARCH_TENANTS } from '../../tokens';
import { toDeadLetterFilter } from '../dead-letters/dead-letter.mapper';
import { DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { eventFilterOf } from '../events/event-filter';
import { type DeliveryStreamQuery, type EventStreamQuery } from './dto/live.request';
import { type LiveStream } from './live-stream';
import { LiveStreams } from './live-streams';
import { deliveriesTopic, eventsTopic, type LiveTopic } from './live-topics';

const BAD_POSITION = problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
  faults: [
    {
      pointer: '#header/last-event-id',
      code: 'invalid_format',
      message: 'This is not an id that a stream of ours gave.',
    },
  ],
});
/** Where a search for the id of nothing ends: no row has it. */
const NOTHING = '00000000-0000-0000-0000-000000000000';

/** Opens live streams for those who may have them, and ends them all when the process is to stop. */
@Injectable()
export class LiveFeedService implements BeforeApplicationShutdown {
  private readonly streams: LiveStreams;

  constructor(
    @Inject(SEARCH_TENANTS) private readonly tenants: TenantDb,
    @Inject(DeliveryAdvisor) private readonly advisor: DeliveryAdvisor,
    @Inject(StandingAccess) private readonly standing: StandingAccess,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.streams = new LiveStreams({ tenants, logger });
  }

  async events(
    request: FastifyRequest,
    caller: KeyIdentity,
    query: EventStreamQuery,
  ): Promise<Result<LiveStream, Problem>> {
    const named = query.q === undefined ? null : await this.namedBy(caller.tenantId, query.q);
    const filter = eventFilterOf(named === null ? query : { ...query, q: undefined });
    const searches = filter.q !== undefined;
    if (searches && !showsPayloads(request)) return err(NO_PAYLOAD_SEARCH);
    return this.open(request, caller, eventsTopic(filter, named), searches);
  }

  deliveries(
    request: FastifyRequest,
    caller: KeyIdentity,
    query: DeliveryStreamQuery,
  ): Promise<Result<LiveStream, Problem>> {
    const { status, replayed } = query;
    const filter = { ...toDeadLetterFilter(query), status, replayed, trackingId: query.tracking_id };
    return this.open(request, caller, deliveriesTopic(filter, this.advisor), false);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.streams.stop();
  }

  private async open(
    request: FastifyRequest,
    { tenantId }: KeyIdentity,
    topic: LiveTopic,
    needsPayloads: boolean,
  ): Promise<Result<LiveStream, Problem>> {
    const from = positionOf(request);
    if (from === 'unreadable') return err(BAD_POSITION);
    const isStillAllowed = async (): Promise<boolean> => {
      const now = await this.standing.identityOf(request);
      if (now === null || now.tenantId !== tenantId || !now.scopes.has('events:read')) return false;
      return !needsPayloads || mayReadPayloads(now);
    };
    return this.streams.open({ tenantId, topic, isStillAllowed }, from);
  }

  /** The event that a pasted id of the hub's own is about; `null` for any other text. */
  private async namedBy(tenantId: string, text: string): Promise<string | null> {
    const parsed = parsePublicId(text.trim());
    if (parsed?.kind === 'event') return parsed.uuid;
    if (parsed?.kind !== 'delivery') return null;
    const delivery = await this.tenants.run(tenantId, (tx) => findDelivery(tx, parsed.uuid));
    return delivery?.tracking_id ?? NOTHING;
  }
}

function positionOf(request: FastifyRequest): TailPosition | null | 'unreadable' {
  const given = request.headers['last-event-id'];
  if (given === undefined || given === '') return null;
  return (typeof given === 'string' ? readPosition(given) : null) ?? 'unreadable';
}
