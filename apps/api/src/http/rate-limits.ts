import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { problem, type Problem } from '@hub/platform';
import { type KeyIdentity, type LimitDecision, type RateLimiter } from '@hub/tenancy';
import { UsageMeter } from '../modules/usage/usage-meter';
import { HubProblem } from './hub-problem';
import { RATE_LIMITER } from '../tokens';

/** Reads and configuration: ten times the tier, at least 600 a minute, so that a portal page never starves ingestion. */
const READ_FACTOR = 10;
const LEAST_READS = 600;

/** At once, of what a minute allows: see `token-bucket.ts`. */
const BURST_FACTOR = 2;

/** Where events come in; every other route of a tenant has the roomier limit of reading. */
const EVENT_PATHS: ReadonlySet<string> = new Set(['/v1/events', '/v1/events/batch']);

/** Takes tokens and writes `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11). */
@Injectable()
export class RateLimits {
  constructor(
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    @Inject(UsageMeter) private readonly meter: UsageMeter,
  ) {}

  /**
   * One token an event; a batch that is larger than what is left is refused whole. One that no wait could ever admit is not
   * told to come back, and costs a read: a token of the events would be missing when as many are sent as it is told may come.
   */
  async takeEvents(identity: KeyIdentity, events: number, reply: FastifyReply): Promise<void> {
    const most = identity.rateLimitPerMinute * BURST_FACTOR;
    if (events > most) {
      throwIf(await this.readToken(identity, reply));
      throw new HubProblem(batchExceedsLimit(events, most));
    }
    throwIf(await this.eventTokens(identity, events, reply));
  }

  async takeRead(identity: KeyIdentity, reply: FastifyReply): Promise<void> {
    throwIf(await this.readToken(identity, reply));
  }

  /**
   * For a request that was refused before anybody could count what is in it, such as a body that is no JSON: it costs one,
   * and its answer carries the limit like every other. Does nothing for a request that was counted, that has no tenant
   * (there is a bucket by address for those) or that no route takes.
   * @returns the problem to answer instead when nothing is left
   */
  async takeForUnread(request: FastifyRequest, reply: FastifyReply): Promise<Problem | null> {
    const { identity } = request;
    if (identity === undefined || request.is404 || reply.hasHeader('ratelimit')) return null;
    const takesEvents = request.method === 'POST' && EVENT_PATHS.has(request.url.split('?')[0] ?? '');
    return takesEvents ? this.eventTokens(identity, 1, reply) : this.readToken(identity, reply);
  }

  private async eventTokens(identity: KeyIdentity, events: number, reply: FastifyReply): Promise<Problem | null> {
    const limit = identity.rateLimitPerMinute;
    const decision = await this.limiter.take(identity.tenantId, limit, events);
    if (!decision.allowed) this.meter.rateLimited(identity.tenantId);
    void reply.header('ratelimit-policy', `"sustained";q=${limit};w=60, "burst";q=${limit * BURST_FACTOR};w=60`);
    // What is left beyond a minute's is left of the burst alone.
    return answer(decision, decision.remaining > limit ? 'burst' : decision.binding, reply, events);
  }

  private async readToken(identity: KeyIdentity, reply: FastifyReply): Promise<Problem | null> {
    const limit = Math.max(LEAST_READS, identity.rateLimitPerMinute * READ_FACTOR);
    const decision = await this.limiter.take(`${identity.tenantId}:api`, limit, 1);
    if (!decision.allowed) this.meter.rateLimited(identity.tenantId);
    void reply.header('ratelimit-policy', `"api";q=${limit};w=60`);
    return answer(decision, 'api', reply, 1);
  }
}

function batchExceedsLimit(events: number, most: number): Problem {
  return problem(
    'unprocessable',
    'batch_exceeds_limit',
    `Your rate limit admits ${most} events at once, and only when none were sent within the last minute; the batch has ${events}. Send it in parts.`,
    { extra: { most_events: most } },
  );
}

function throwIf(refusal: Problem | null): void {
  if (refusal !== null) throw new HubProblem(refusal);
}

/** @param policy of those stated, the one that makes wait */
function answer(
  { allowed, remaining, waitMs }: LimitDecision,
  policy: 'sustained' | 'burst' | 'api',
  reply: FastifyReply,
  cost: number,
): Problem | null {
  const waitSeconds = Math.ceil(waitMs / 1000);
  void reply.header('ratelimit', `"${policy}";r=${remaining};t=${waitSeconds}`);
  if (allowed) return null;
  return problem('rate_limited', 'rate_limited', `The rate limit leaves ${remaining} of the ${cost} asked for.`, {
    retryAfterSeconds: waitSeconds,
    extra: { violated_policy: policy },
  });
}
