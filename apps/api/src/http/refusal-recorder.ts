import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { appendAudit, type AuditEntry } from '@hub/audit';
import { atMost, type Logger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { LOGGER } from '../tokens';
import { actorOf } from './actor';

const ONCE_A_MS = 60_000;

/**
 * What somebody tried and may not do, or reached for and cannot have: a scope that is missing, an id that is not theirs. In the
 * chain of whoever tried, for there is nobody else whom it concerns: that an id is another tenant's is known to nobody here.
 *
 * Each kind of attempt of an actor is recorded at most once a minute, with how often it came meanwhile, so that nobody fills
 * the log by trying; and after the answer, on nobody's time.
 */
@Injectable()
export class RefusalRecorder implements OnApplicationShutdown {
  private readonly recent = new LRUCache<string, true>({ ...atMost(20_000), ttl: ONCE_A_MS });
  /** Attempts that were left out, until the next record of the kind tells of them. */
  private readonly suppressed = new LRUCache<string, number>({ ...atMost(20_000), ttl: ONCE_A_MS * 60 });
  private readonly writing = new Set<Promise<void>>();

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Asked after every answer; most are none of its business. */
  answered(request: FastifyRequest, status: number): void {
    const { identity } = request;
    if (identity === undefined || request.is404) return;
    const names = request.params !== null && Object.keys(request.params as object).length > 0;
    if (status !== 403 && !(status === 404 && names)) return;
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const kind = `${identity.tenantId} ${identity.keyId} ${route} ${status}`;
    if (this.recent.has(kind)) {
      this.suppressed.set(kind, (this.suppressed.get(kind) ?? 0) + 1);
      return;
    }
    this.recent.set(kind, true);
    const before = this.suppressed.get(kind) ?? 0;
    this.suppressed.delete(kind);
    this.write(identity.tenantId, {
      action: status === 403 ? 'access.refused' : 'access.not_found',
      outcome: 'refused',
      actor: actorOf(request),
      // The route and not the address: what was reached for may be somebody else's.
      target: { type: 'route', id: route },
      details: { status, left_out_before: before },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing);
  }

  private write(tenantId: string, entry: AuditEntry): void {
    const write: Promise<void> = this.tenants
      .run(tenantId, (tx) => appendAudit(tx, entry))
      .catch((error: unknown) => this.logger.warn('a refusal could not be recorded', { tenant_id: tenantId, error }))
      .finally(() => this.writing.delete(write));
    this.writing.add(write);
  }
}
