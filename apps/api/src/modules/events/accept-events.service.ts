import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import {
  AcceptBatch,
  checkEvents,
  eventFingerprint,
  FilterGate,
  findEventStates,
  type AcceptInput,
  type AcceptOutcome,
  type EventState,
} from '@hub/delivery';
import { atMost, DrainBell, Gathered, newUuid, problem, toPublicId } from '@hub/platform';
import { TenantDb, type KeyIdentity } from '@hub/tenancy';
import { HubProblem, unwrap } from '../../http/hub-problem';
import { RateLimits } from '../../http/rate-limits';
import { toEventRow } from '../archive/archived-event.mapper';
import { ArchivedEvents } from '../archive/archived-events';
import { ApiMetrics } from '../metrics/api-metrics';
import { UsageMeter } from '../usage/usage-meter';
import { atomicProblem, batchResults, type BatchEntry, type BatchResult } from './batch-answer';
import { type ReceivedEvent } from './cloud-events';
import { acceptedResponse } from './event.mapper';
import { batchSize, forgetBody, receiveBatch, receiveEvent } from './receive-event';
import { isRefusal, refusalOf } from './refusal';

export interface BatchOptions {
  readonly atomic: boolean;
  readonly validateOnly: boolean;
}

type KnownState = Pick<EventState, 'status' | 'received_at' | 'route_ids'>;

const EVENT_DELETED = problem(
  'conflict',
  'event_deleted',
  'This event was accepted before, and has been deleted since, as its retention says. It is not taken again.',
);

/** Takes events in: read, decide filters, commit, ring, answer. Nothing is acknowledged before the commit. */
@Injectable()
export class AcceptEventsService {
  /** A sender's retries come together: all that are there are one look. Of each tenant by itself, so that none waits for another's. */
  private readonly states = new LRUCache<string, Gathered<EventState | undefined>>(atMost(1_000));

  constructor(
    @Inject(AcceptBatch) private readonly batch: AcceptBatch,
    @Inject(FilterGate) private readonly gate: FilterGate,
    @Inject(DrainBell) private readonly bell: DrainBell,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(ArchivedEvents) private readonly archive: ArchivedEvents,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
    @Inject(UsageMeter) private readonly usage: UsageMeter,
  ) {}

  async acceptOne(request: FastifyRequest, caller: KeyIdentity, reply: FastifyReply): Promise<unknown> {
    const received = receiveEvent(request);
    if (!received.ok) {
      this.metrics.eventSeen('rejected');
      throw new HubProblem(
        problem('bad_request', 'invalid_request', 'The event has faults; each is named in errors.', {
          faults: received.error,
        }),
      );
    }
    const input = toInput(received.value, caller, request);
    forgetBody(request);
    const verdicts = await this.gate.verdicts(caller.tenantId, [input]);
    const [outcome] = await this.batch.accept([input], verdicts);
    if (outcome === undefined) throw new Error('the accept batch answered nothing');
    this.ringFor(caller.tenantId, [outcome]);
    return this.answerOne(input, outcome, reply);
  }

  async acceptBatch(
    request: FastifyRequest,
    caller: KeyIdentity,
    options: BatchOptions,
    reply: FastifyReply,
  ): Promise<{ results: BatchResult[] }> {
    const size = batchSize(request);
    if (!size.ok) {
      throw new HubProblem(
        problem('bad_request', 'invalid_request', 'The batch has faults; each is named in errors.', {
          faults: size.error,
        }),
      );
    }
    await this.limits.takeEvents(caller, size.value, reply);
    const entries = entriesOf(request, caller);
    const good = entries.flatMap(({ input }) => (input === null ? [] : [input]));
    // Of a batch that is refused anyway the good ones are looked up all the same: the answer names every fault.
    const isKept = !options.validateOnly && (!options.atomic || good.length === entries.length);
    const outcomes = isKept
      ? await this.commit(caller.tenantId, good, options.atomic)
      : await this.tenants.run(caller.tenantId, (tx) => checkEvents(tx, good));
    const results = batchResults(entries, outcomes);
    if (options.atomic) refuseFaulty(results);
    if (!options.validateOnly) {
      countResults(this.metrics, results);
      this.usage.duplicates(caller.tenantId, results.filter(({ status }) => status === 'duplicate').length);
    }
    return { results };
  }

  private async commit(tenantId: string, inputs: readonly AcceptInput[], atomic: boolean): Promise<AcceptOutcome[]> {
    const verdicts = await this.gate.verdicts(tenantId, inputs);
    const outcomes = atomic
      ? await this.batch.acceptAtomically(inputs, verdicts)
      : await this.batch.accept(inputs, verdicts);
    // Of an atomic batch with a fault nothing was kept, whatever became of the others.
    if (!atomic || !outcomes.some(isRefusal)) this.ringFor(tenantId, outcomes);
    return outcomes;
  }

  private ringFor(tenantId: string, outcomes: readonly AcceptOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'accepted') continue;
      for (const route of outcome.routes) this.bell.ring({ tenantId, connectionId: route.connectionId });
    }
  }

  private async answerOne(input: AcceptInput, outcome: AcceptOutcome, reply: FastifyReply): Promise<unknown> {
    switch (outcome.kind) {
      case 'accepted': {
        this.metrics.eventSeen('accepted');
        const response = acceptedResponse({
          trackingId: input.trackingId,
          eventId: input.eventId,
          status: outcome.routes.length === 0 ? 'unrouted' : 'pending',
          duplicate: false,
          receivedAt: input.receivedAt,
          routeIds: outcome.routes.map((route) => route.routeId),
        });
        void reply.code(202).header('location', response.links.self);
        return response;
      }
      case 'duplicate': {
        this.metrics.eventSeen('duplicate');
        this.usage.duplicates(input.tenantId, 1);
        const state = await this.stateOf(input.tenantId, outcome.trackingId);
        void reply
          .code(200)
          .header('idempotent-replayed', 'true')
          .header('location', `/v1/events/${toPublicId('event', outcome.trackingId)}`);
        return acceptedResponse({
          trackingId: outcome.trackingId,
          eventId: input.eventId,
          status: state.status,
          duplicate: true,
          receivedAt: state.received_at,
          routeIds: state.route_ids ?? [],
        });
      }
      case 'reused':
      case 'refused':
        this.metrics.eventSeen('rejected');
        throw new HubProblem(refusalOf(outcome));
    }
  }

  /** Also of an event that has left the database, which its key outlives there. Nothing is ever said of one that nobody knows. */
  private async stateOf(tenantId: string, trackingId: string): Promise<KnownState> {
    const states = this.states.get(tenantId) ?? this.statesOf(tenantId);
    this.states.set(tenantId, states);
    const state = (await states.get(trackingId)) ?? (await this.archivedStateOf(tenantId, trackingId));
    if (state === null) throw new HubProblem(EVENT_DELETED);
    return state;
  }

  private async archivedStateOf(tenantId: string, trackingId: string): Promise<KnownState | null> {
    const found = unwrap(await this.archive.read(tenantId, trackingId));
    if (found === null) return null;
    const { event, deliveries } = found.archived;
    const routed = deliveries.filter((delivery) => (delivery['replay_of'] ?? null) === null);
    return { ...toEventRow(event), route_ids: [...new Set(routed.map((row) => String(row['route_id'])))].sort() };
  }

  private statesOf(tenantId: string): Gathered<EventState | undefined> {
    return new Gathered(async (ids) => {
      const found = await this.tenants.run(tenantId, (tx) => findEventStates(tx, [...ids]));
      return ids.map((id) => found.get(id));
    });
  }
}

function refuseFaulty(results: readonly BatchResult[]): void {
  const faults = results.flatMap(({ error }) => error?.errors ?? []);
  if (faults.length > 0) throw new HubProblem(atomicProblem(faults));
}

function entriesOf(request: FastifyRequest, caller: KeyIdentity): BatchEntry[] {
  const entries: BatchEntry[] = [];
  for (const { eventId, received } of receiveBatch(request)) {
    entries.push(
      received.ok
        ? { eventId, input: toInput(received.value, caller, request), faults: [] }
        : { eventId, input: null, faults: received.error },
    );
  }
  forgetBody(request);
  return entries;
}

function toInput(received: ReceivedEvent, caller: KeyIdentity, request: FastifyRequest): AcceptInput {
  const { input, payloadText } = received;
  return {
    tenantId: caller.tenantId,
    trackingId: newUuid(),
    eventId: input.event_id,
    type: input.type,
    source: input.source ?? null,
    subject: input.subject ?? null,
    occurredAt: input.occurred_at ?? null,
    receivedAt: new Date(),
    payload: payloadText,
    metadata: input.metadata === undefined ? null : JSON.stringify(input.metadata),
    fingerprint: eventFingerprint(input.type, payloadText, input.data),
    apiKeyId: caller.person === undefined ? caller.keyId : null,
    requestId: request.id,
    traceparent: request.traceparent,
  };
}

function countResults(metrics: ApiMetrics, results: readonly BatchResult[]): void {
  for (const status of ['accepted', 'duplicate', 'rejected'] as const) {
    const count = results.filter((result) => result.status === status).length;
    if (count > 0) metrics.eventSeen(status, count);
  }
}
