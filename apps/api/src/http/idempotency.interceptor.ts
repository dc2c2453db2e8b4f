import { createHash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { problem, type Logger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { LOGGER } from '../tokens';
import { HubProblem } from './hub-problem';
import { mayReadPayloads } from './payload-access';

const SANE_KEY = /^[\x21-\x7e]{1,255}$/;
/** Shown once: kept nowhere, not even for a repeat. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'key',
  'secret',
  'previous_secret',
  'invitation_url',
  'reset_url',
]);

/** Whose request it is, and under which claim of its key. */
interface Claim {
  readonly tenantId: string;
  readonly key: string;
  /**
   * Of the claim, to the microsecond. What is written afterwards goes by it, so that a request that was slow, and has
   * been taken over meanwhile, neither answers for nor releases the claim of its successor.
   */
  readonly claimedAt: string;
}

interface KeptRequest {
  same: boolean;
  status: number | null;
  response: { body: unknown; location: string | null; payloads?: true } | null;
}

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) on unsafe requests: a repeat gets the first answer
 * again and changes nothing. Another request under the same key is 422, a repeat while the first still runs is 409.
 * Only successes are kept: a failed request changed nothing and may be tried again under its key.
 *
 * A process that dies between claim and answer leaves a claim without one. After a minute, longer than any request may
 * take, the same request takes it over: until then it is told to wait, and never for the day that answers are kept.
 *
 * Put on each controller that changes something, but not on the events': they have an id of their own, and every request
 * of a controller with an interceptor pays for it.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || request.identity === undefined || request.method === 'GET') return next.handle();
    return from(
      this.once(request, context.switchToHttp().getResponse<FastifyReply>(), keyOf(header), () =>
        lastValueFrom(next.handle(), { defaultValue: undefined }),
      ),
    );
  }

  private async once(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    const tenantId = request.identity?.tenantId ?? '';
    const route = `${request.method} ${request.url.split('?')[0] ?? ''}`;
    const claimed = await this.claim(tenantId, key, route, fingerprint(request));
    if (typeof claimed !== 'string') return replay(claimed, request, reply);
    const claim = { tenantId, key, claimedAt: claimed };
    const body = await handle().catch(async (error: unknown) => {
      await this.orWarn(request, 'could not release an Idempotency-Key', this.release(claim));
      throw error;
    });
    // Done is done: the caller gets their answer, and the claim stays, for to release it would invite a second doing.
    await this.orWarn(
      request,
      'could not keep an answer under its Idempotency-Key',
      this.keep(claim, request, reply, body),
    );
    return body;
  }

  /** The moment of the claim when the key is ours now: the request has not been made before. Else what is known of it. */
  private claim(tenantId: string, key: string, route: string, print: Buffer): Promise<KeptRequest | string> {
    return this.tenants.run(tenantId, async (tx) => {
      // In conflict with any unique key of the table, so that of many at once none fails by the one that is not named.
      const [mine] = await tx.query<{ claimed_at: string }>(
        `insert into idempotent_requests (tenant_id, key, route, fingerprint) values ($1, $2, $3, $4)
         on conflict do nothing returning created_at::text as claimed_at`,
        [tenantId, key, route, print],
      );
      if (mine !== undefined) return mine.claimed_at;
      const [left] = await tx.query<{ claimed_at: string }>(
        `update idempotent_requests set route = $3, fingerprint = $4, status = null, response = null, created_at = now()
         where tenant_id = $1 and key = $2
           and (created_at < now() - interval '24 hours'
             or (status is null and route = $3 and fingerprint = $4 and created_at < now() - interval '1 minute'))
         returning created_at::text as claimed_at`,
        [tenantId, key, route, print],
      );
      if (left !== undefined) return left.claimed_at;
      const [kept] = await tx.query<KeptRequest & Record<string, unknown>>(
        `select route = $3 and fingerprint = $4 as same, status, response from idempotent_requests where tenant_id = $1 and key = $2`,
        [tenantId, key, route, print],
      );
      // Gone between the statements: released by its request this very moment.
      return kept ?? { same: true, status: null, response: null };
    });
  }

  private async keep(claim: Claim, request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<void> {
    const location = reply.getHeader('location');
    const response = JSON.stringify({
      body: withoutSecrets(body),
      location: typeof location === 'string' ? location : null,
      payloads: request.payloadsShown,
    });
    await this.tenants.run(claim.tenantId, (tx) =>
      tx.query(
        `update idempotent_requests set status = $4, response = $5
         where tenant_id = $1 and key = $2 and created_at = $3::timestamptz and status is null`,
        [claim.tenantId, claim.key, claim.claimedAt, reply.statusCode, response],
      ),
    );
  }

  private async release(claim: Claim): Promise<void> {
    await this.tenants.run(claim.tenantId, (tx) =>
      tx.query(
        `delete from idempotent_requests
         where tenant_id = $1 and key = $2 and created_at = $3::timestamptz and status is null`,
        [claim.tenantId, claim.key, claim.claimedAt],
      ),
    );
  }

  /** The request has its own outcome, which bookkeeping must not replace. */
  private async orWarn(request: FastifyRequest, message: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) =>
      this.logger.warn(message, { request_id: request.id, tenant_id: request.identity?.tenantId, error }),
    );
  }
}

/** The draft's value is a quoted string of structured fields; bare ones, which most clients send, are taken too. */
function keyOf(header: string | string[]): string {
  const text = Array.isArray(header) ? '' : header;
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (SANE_KEY.test(key)) return key;
  throw new HubProblem(
    problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
      faults: [
        {
          pointer: '#header/idempotency-key',
          code: 'invalid_idempotency_key',
          message: 'Use 1 to 255 printable characters without spaces.',
        },
      ],
    }),
  );
}

/** Whoever may not read payloads is not answered with what one who may was told: theirs is another request. */
function fingerprint(request: FastifyRequest): Buffer {
  const seesPayloads = request.identity !== undefined && mayReadPayloads(request.identity);
  return createHash('sha256')
    .update(seesPayloads ? '' : 'without payloads\n')
    .update(request.url)
    .update('\n')
    .update(request.rawText ?? '')
    .digest();
}

function replay(kept: KeptRequest, request: FastifyRequest, reply: FastifyReply): unknown {
  if (!kept.same)
    throw new HubProblem(
      problem('unprocessable', 'idempotency_key_reused', 'This Idempotency-Key was used before for another request.'),
    );
  if (kept.status === null)
    throw new HubProblem(
      problem('conflict', 'request_in_progress', 'The first request with this Idempotency-Key has not ended.', {
        retryAfterSeconds: 1,
      }),
    );
  void reply.code(kept.status).header('idempotent-replayed', 'true');
  if (kept.response?.payloads === true) request.payloadsShown = true;
  if (kept.response?.location != null) void reply.header('location', kept.response.location);
  return kept.response?.body ?? undefined;
}

function withoutSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, SECRET_MEMBERS.has(name) ? null : value]),
  );
}
