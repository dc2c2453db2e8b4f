import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { problem } from '@hub/platform';
import { type KeyIdentity, type LimitDecision, type RateLimiter } from '@hub/tenancy';
import { HubProblem } from './hub-problem';
import { RATE_LIMITER } from '../tokens';

/** Reads and configuration: ten times the tier, at least 600 a minute, so that a portal page never starves ingestion. */
const READ_FACTOR = 10;
const LEAST_READS = 600;

/** Takes tokens and writes `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11). */
@Injectable()
export class RateLimits {
  constructor(@Inject(RATE_LIMITER) private readonly limiter: RateLimiter) {}

  /** One token an event; a batch that is larger than what is left is refused whole. */
  async takeEvents(identity: KeyIdentity, events: number, reply: FastifyReply): Promise<void> {
    const limit = identity.rateLimitPerMinute;
    const decision = await this.limiter.take(identity.tenantId, limit, events);
    void reply.header('ratelimit-policy', `"sustained";q=${limit};w=60, "burst";q=${limit * 2};w=60`);
    this.answer(decision, limit, 'sustained', reply, events);
  }

  async takeRead(identity: KeyIdentity, reply: FastifyReply): Promise<void> {
    const limit = Math.max(LEAST_READS, identity.rateLimitPerMinute * READ_FACTOR);
    const decision = await this.limiter.take(`${identity.tenantId}:api`, limit, 1);
    void reply.header('ratelimit-policy', `"api";q=${limit};w=60`);
    this.answer(decision, limit, 'api', reply, 1);
  }

  private answer(
    decision: LimitDecision,
    limitPerMinute: number,
    policy: string,
    reply: FastifyReply,
    cost: number,
  ): void {
    // Until one more token has been refilled, or until this very cost could be admitted.
    const resetSeconds = decision.allowed
      ? Math.max(1, Math.ceil(60 / limitPerMinute))
      : Math.ceil(decision.retryAfterMs / 1000);
    void reply.header(
      'ratelimit',
      `"${decision.violated === 'burst' && policy === 'sustained' ? 'burst' : policy}";r=${decision.remaining};t=${resetSeconds}`,
    );
    if (decision.allowed) return;
    const violated = policy === 'api' ? 'api' : (decision.violated ?? 'sustained');
    throw new HubProblem(
      problem('rate_limited', 'rate_limited', `The rate limit leaves ${decision.remaining} of the ${cost} asked for.`, {
        retryAfterSeconds: resetSeconds,
        extra: { violated_policy: violated },
      }),
    );
  }
}
