import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  AcceptBatch,
  eventFingerprint,
  FilterGate,
  findEventStates,
  type AcceptInput,
  type AcceptOutcome,
  type EventState,
} from '@hub/delivery';
import { DrainBell, newUuid, problem, toPublicId, type InputFault } from '@hub/platform';
import { TenantDb, type KeyIdentity } from '@hub/tenancy';
import { HubProblem } from '../../http/hub-problem';
import { RateLimits } from '../../http/rate-limits';
import { ApiMetrics } from '../metrics/api-metrics';
import { type ReceivedEvent } from './cloud-events';
import { acceptedResponse } from './event.mapper';
import { receiveBatch, receiveEvent, type BatchElement } from './receive-event';

export interface BatchOptions {
  readonly atomic: boolean;
  readonly validateOnly: boolean;
}

export interface BatchResult {
  readonly index: number;
  readonly event_id: string | null;
  readonly tracking_id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly error?: { readonly code: string; readonly detail: string; readonly errors: InputFault[] };
}

/** Takes events in: read, decide filters, commit, ring, answer. Nothing is acknowledged before the commit. */
@Injectable()
export class AcceptEventsService {
  constructor(
    @Inject(AcceptBatch) private readonly batch: AcceptBatch,
    @Inject(FilterGate) private readonly gate: FilterGate,
    @Inject(DrainBell) private readonly bell: DrainBell,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
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
    const elements = receiveBatch(request);
    if (!elements.ok) {
      throw new HubProblem(
        problem('bad_request', 'invalid_request', 'The batch has faults; each is named in errors.', {
          faults: elements.error,
        }),
      );
    }
    await this.limits.takeEvents(caller, elements.value.length, reply);
    const faults = elements.value.flatMap((element) => (element.received.ok ? [] : element.received.error));
    if (options.atomic && faults.length > 0) throw new HubProblem(atomicProblem(faults));
    const inputs = elements.value.map((element) =>
      element.received.ok ? toInput(element.received.value, caller, request) : null,
    );
    const good = inputs.filter((input) => input !== null);
    const outcomes = options.validateOnly ? null : await this.commit(caller.tenantId, good, options.atomic);
    return { results: resultsOf(elements.value, inputs, outcomes, this.metrics) };
  }

  private async commit(
    tenantId: string,
    inputs: readonly AcceptInput[],
    atomic: boolean,
  ): Promise<Map<string, AcceptOutcome>> {
    const verdicts = await this.gate.verdicts(tenantId, inputs);
    const outcomes = atomic
      ? await this.batch.acceptAtomically(inputs, verdicts)
      : await this.batch.accept(inputs, verdicts);
    if (atomic && outcomes.some((outcome) => outcome.kind === 'reused')) {
      throw new HubProblem(
        atomicProblem(
          outcomes.flatMap((outcome, index) =>
            outcome.kind === 'reused' ? [reusedFault(outcome.trackingId, index)] : [],
          ),
        ),
      );
    }
    this.ringFor(tenantId, outcomes);
    return new Map(inputs.map((input, index) => [input.trackingId, outcomes[index] as AcceptOutcome]));
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
        const state = await this.stateOf(input.tenantId, outcome.trackingId);
        void reply
          .code(200)
          .header('idempotent-replayed', 'true')
          .header('location', `/v1/events/${toPublicId('event', outcome.trackingId)}`);
        return acceptedResponse({
          trackingId: outcome.trackingId,
          eventId: input.eventId,
          status: state?.status ?? 'pending',
          duplicate: true,
          receivedAt: state?.received_at ?? outcome.receivedAt,
          routeIds: state?.route_ids ?? [],
        });
      }
      case 'reused':
      case 'refused':
        this.metrics.eventSeen('rejected');
        throw new HubProblem(refusalOf(outcome));
    }
  }

  private async stateOf(tenantId: string, trackingId: string): Promise<EventState | undefined> {
    const states = await this.tenants.run(tenantId, (tx) => findEventStates(tx, [trackingId]));
    return states.get(trackingId);
  }
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
    fingerprint: eventFingerprint(input.type, input.data),
    apiKeyId: caller.keyId,
    requestId: request.id,
    traceparent: request.traceparent,
  };
}

function resultsOf(
  elements: readonly BatchElement[],
  inputs: readonly (AcceptInput | null)[],
  outcomes: ReadonlyMap<string, AcceptOutcome> | null,
  metrics: ApiMetrics,
): BatchResult[] {
  return elements.map((element, index) => {
    const input = inputs[index] ?? null;
    const base = { index, event_id: input?.eventId ?? element.eventId };
    if (input === null) {
      metrics.eventSeen('rejected');
      const errors = element.received.ok ? [] : element.received.error;
      return {
        ...base,
        tracking_id: null,
        status: 'rejected',
        error: { code: 'invalid_request', detail: 'The event has faults.', errors },
      };
    }
    if (outcomes === null) return { ...base, tracking_id: null, status: 'accepted' };
    const outcome = outcomes.get(input.trackingId);
    if (outcome?.kind === 'accepted' || outcome?.kind === 'duplicate') {
      metrics.eventSeen(outcome.kind);
      return { ...base, tracking_id: toPublicId('event', outcome.trackingId), status: outcome.kind };
    }
    metrics.eventSeen('rejected');
    const refusal = refusalOf(outcome?.kind === 'reused' ? outcome : { kind: 'refused' }, `/events/${index}`);
    const tracking = outcome?.kind === 'reused' ? toPublicId('event', outcome.trackingId) : null;
    return {
      ...base,
      tracking_id: tracking,
      status: 'rejected',
      error: { code: refusal.code, detail: refusal.detail, errors: [...(refusal.faults ?? [])] },
    };
  });
}

function refusalOf(
  outcome: Extract<AcceptOutcome, { kind: 'reused' | 'refused' }>,
  prefix = '',
): ReturnType<typeof problem> {
  if (outcome.kind === 'refused')
    return problem('unprocessable', 'unstorable_event', 'The database cannot hold this event as it is.', {
      faults: [],
    });
  const first = toPublicId('event', outcome.trackingId);
  return problem('unprocessable', 'event_id_reused', `This event_id was used before with other content, as ${first}.`, {
    faults: [{ pointer: `${prefix}/event_id`, code: 'event_id_reused', message: `First used by ${first}.` }],
    extra: { tracking_id: first },
  });
}

function reusedFault(trackingId: string, index: number): InputFault {
  return {
    pointer: `/events/${index}/event_id`,
    code: 'event_id_reused',
    message: `First used by ${toPublicId('event', trackingId)}.`,
  };
}

function atomicProblem(faults: InputFault[]): ReturnType<typeof problem> {
  return problem(
    'unprocessable',
    'batch_refused',
    'Nothing was kept: with atomic=true one fault refuses the whole batch.',
    { faults },
  );
}
