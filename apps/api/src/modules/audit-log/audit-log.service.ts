import { Inject, Injectable } from '@nestjs/common';
import { isOnLegalHold } from '@hub/archive';
import {
  appendAudit,
  chainName,
  eraseSubject,
  findAuditRecord,
  findRetentionDays,
  keepRetentionDays,
  listAuditRecords,
  listSigningKeys,
  newestCheckpoint,
  originOf,
  verifierKey,
  type AuditActor,
  type AuditFilter,
  type AuditRetentionBounds,
  type AuditRow,
} from '@hub/audit';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type Page } from '../../http/pagination';
import { type ApiSettings } from '../../settings';
import { SEARCH_TENANTS, SETTINGS } from '../../tokens';

/** A search that an index cannot serve is cut, rather than slowing the database for everybody. */
const SEARCH_TIMEOUT_MS = 5_000;

export interface NewestCheckpoint {
  readonly note: string | null;
  readonly keys: readonly string[];
}

export interface AuditSettings extends AuditRetentionBounds {
  readonly retentionDays: number;
}

/** A tenant's chain, or, as the tenant that does not exist, the operators'. */
@Injectable()
export class AuditLogService {
  private readonly bounds: AuditRetentionBounds;

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SEARCH_TENANTS) private readonly searches: TenantDb,
    @Inject(SETTINGS) settings: ApiSettings,
  ) {
    const { HUB_AUDIT_RETENTION_MIN_DAYS: minDays, HUB_AUDIT_RETENTION_MAX_DAYS: maxDays } = settings;
    this.bounds = { minDays, maxDays };
  }

  list(chain: string, page: Page, filter: AuditFilter): Promise<AuditRow[]> {
    return this.searches.run(chain, (tx) => listAuditRecords(tx, { ...page, limit: page.limit + 1 }, filter), {
      statementTimeoutMs: SEARCH_TIMEOUT_MS,
    });
  }

  async find(chain: string, id: string): Promise<Result<AuditRow, Problem>> {
    const row = await this.tenants.run(chain, (tx) => findAuditRecord(tx, id));
    return row === null ? err(notFound('audit record')) : ok(row);
  }

  checkpoint(chain: string): Promise<NewestCheckpoint> {
    return this.tenants.run(chain, async (tx) => {
      const keys = await listSigningKeys(tx);
      return { note: await newestCheckpoint(tx), keys: keys.map((key) => verifierKey(originOf(chain), key)) };
    });
  }

  async retention(tenantId: string): Promise<AuditSettings> {
    const retentionDays = await this.tenants.run(tenantId, (tx) => findRetentionDays(tx, this.bounds));
    return { ...this.bounds, retentionDays };
  }

  setRetention(tenantId: string, actor: AuditActor, days: number): Promise<Result<AuditSettings, Problem>> {
    const { minDays, maxDays } = this.bounds;
    if (days < minDays || days > maxDays) return Promise.resolve(err(outOfBounds(minDays, maxDays)));
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findRetentionDays(tx, this.bounds);
      await keepRetentionDays(tx, days);
      await appendAudit(tx, {
        action: 'audit.retention_changed',
        actor,
        target: { type: 'audit_log', id: chainName(tenantId) },
        before: { retention_days: before },
        after: { retention_days: days },
      });
      return ok({ ...this.bounds, retentionDays: days });
    });
  }

  /** The key is gone before the record is made: an actor who erases themselves is named in this one record, under a new key. */
  erase(tenantId: string, actor: AuditActor, subject: string, reason: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      if (await isOnLegalHold(tx))
        return err(problem('conflict', 'legal_hold', 'The tenant, or an operator, has set a legal hold.'));
      if (!(await eraseSubject(tx, subject))) return err(notFound('actor with personal fields'));
      const target = { type: 'actor', id: subject };
      await appendAudit(tx, { action: 'audit.personal_fields_erased', actor, target, reason });
      return ok(null);
    });
  }
}

function outOfBounds(minDays: number, maxDays: number): Problem {
  const message = `The operator allows ${minDays} to ${maxDays} days`;
  return problem('unprocessable', 'retention_out_of_bounds', `${message}.`, {
    faults: [{ pointer: '/retention_days', code: 'out_of_range', message }],
  });
}
