import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { appendAudit, type AuditTarget } from '@hub/audit';
import { atMost, parsePublicId, problem, toPublicId, type Logger } from '@hub/platform';
import { TenantDb, type KeyIdentity } from '@hub/tenancy';
import { LOGGER } from '../tokens';
import { actorOf } from './actor';
import { problemText } from './problem-document';

const ONCE_A_MS = 60_000;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const NOT_RECORDED = problem(
  'unavailable',
  'read_not_recorded',
  'Who reads payloads is kept in the audit log, which cannot be written right now.',
  { retryAfterSeconds: 2 },
);
/** Without a word of trying again, which would do it twice. */
const DONE_NOT_SHOWN = problem(
  'unavailable',
  'read_not_recorded',
  'What was asked has been done. It is not shown, because who reads payloads is kept in the audit log, which cannot be written right now.',
);

/**
 * Who reads what is another's: operators inside a tenant, and members who do not send events themselves (support, and whoever
 * was given `payloads:read` beside their role). To the others, and to keys, payloads are what they send and have sent.
 */
function readsForOthers({ person, scopes }: KeyIdentity): boolean {
  return person !== undefined && (person.isOperator || !scopes.has('events:write'));
}

/**
 * Puts on record which payloads were read as support, before they are: what cannot be recorded is not shown. Each person and
 * target at most once a minute, so that a page that is looked at again, or looks again by itself, costs nothing more.
 */
@Injectable()
export class PayloadReadRecorder {
  private readonly recent = new LRUCache<string, Promise<void>>({ ...atMost(20_000), ttl: ONCE_A_MS });

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A hook and no interceptor: events come in by the thousand, and would pay for one. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { payloadsShown, identity } = request;
      if (payloadsShown !== true || identity === undefined || !showed(reply) || !readsForOthers(identity))
        return done(null, payload);
      this.recorded(request, identity).then(
        () => done(null, payload),
        (error: unknown) => {
          this.logger.error('a read of payloads could not be recorded, and was refused', {
            tenant_id: identity.tenantId,
            request_id: request.id,
            error,
          });
          if (payload instanceof Readable) payload.destroy();
          done(null, problemText(request, reply, READS.has(request.method) ? NOT_RECORDED : DONE_NOT_SHOWN));
        },
      );
    });
  }

  /** Whoever asks while another request of theirs writes the record waits for that one. */
  private recorded(request: FastifyRequest, identity: KeyIdentity): Promise<void> {
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const target = targetOf(request);
    const { q } = request.query as { readonly q?: string };
    // A list and the stream that follows it are one search; the text is in no record.
    const what = target?.id ?? `q=${q ?? ''}`;
    const read = `${identity.tenantId} ${identity.keyId} ${what}`;
    const known = this.recent.get(read);
    if (known !== undefined) return known;
    const write = this.tenants
      .run(identity.tenantId, (tx) =>
        appendAudit(tx, {
          action: 'payload.read',
          actor: actorOf(request),
          target: target ?? { type: 'route', id: route },
          details: { route },
        }),
      )
      .catch((error: unknown) => {
        this.recent.delete(read);
        throw error;
      });
    this.recent.set(read, write);
    return write;
  }
}

/** A refusal shows nothing, but for the one that says where golden cases do not hold. */
function showed({ statusCode }: FastifyReply): boolean {
  return statusCode < 400 || statusCode === 422;
}

/** The last thing that the address names, or nothing for a search. */
function targetOf({ params }: FastifyRequest): AuditTarget | null {
  const named = Object.values((params ?? {}) as Readonly<Record<string, string>>).at(-1);
  const parsed = named === undefined ? null : parsePublicId(named);
  if (parsed === null) return null;
  const type = parsed.kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { type, id: toPublicId(parsed.kind, parsed.uuid) };
}
