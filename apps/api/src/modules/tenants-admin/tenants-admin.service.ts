import { Inject, Injectable } from '@nestjs/common';
import { appendOperatorAudit, type AuditActor } from '@hub/audit';
import { type Database, violatedConstraint } from '@hub/database';
import { err, fromPublicId, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import {
  eraseTenant,
  findTenant,
  insertFirstApiKey,
  insertTenant,
  listTenants,
  listTiers,
  updateTenant,
  type NewTenant,
  type TenantChange,
  type TenantRow,
} from '@hub/tenancy';
import { changesOf } from '../../http/audited';
import { type Page } from '../../http/pagination';
import { OPERATOR_DATABASE } from '../../tokens';
import { type ListTenantsQuery } from './dto/tenant.request';
import { toTenantResponse } from './tenant.mapper';

const change = changesOf('tenant', 'tenant', toTenantResponse);

export interface CreatedTenant {
  readonly row: TenantRow;
  /** The tenant's first key: shown this once. */
  readonly apiKey: string;
}

/** Tenants themselves, through the operator's role: it cannot read what belongs to them. */
@Injectable()
export class TenantsAdminService {
  constructor(@Inject(OPERATOR_DATABASE) private readonly database: Database) {}

  create(
    actor: AuditActor,
    tenant: NewTenant,
    keyEnvironment: 'live' | 'test',
  ): Promise<Result<CreatedTenant, Problem>> {
    return this.guarded(() =>
      this.database.transaction(async (tx) => {
        const row = await insertTenant(tx, tenant);
        const issued = await insertFirstApiKey(tx, row.id, keyEnvironment);
        const details = { first_api_key_prefix: issued.prefix };
        await appendOperatorAudit(tx, change(actor, 'created', { after: row, details }), row.id);
        return ok({ row, apiKey: issued.key });
      }),
    );
  }

  list(query: Pick<ListTenantsQuery, 'q' | 'status'>, page: Page): Promise<TenantRow[]> {
    // A pasted id is looked for as such.
    const id = query.q === undefined ? null : fromPublicId('tenant', query.q.trim());
    const filter = id === null ? { q: query.q, status: query.status } : { id, status: query.status };
    return this.database.transaction((tx) => listTenants(tx, filter, { ...page, limit: page.limit + 1 }));
  }

  async find(id: string): Promise<Result<TenantRow, Problem>> {
    const row = await this.database.transaction((tx) => findTenant(tx, id));
    return row === null ? err(notFound('tenant')) : ok(row);
  }

  /** Tier, limit and suspension hold on every instance within seconds. */
  update(actor: AuditActor, id: string, wanted: TenantChange): Promise<Result<TenantRow, Problem>> {
    return this.guarded(() =>
      this.database.transaction(async (tx) => {
        const before = await findTenant(tx, id);
        const after = await updateTenant(tx, id, wanted);
        if (after === null) return err(notFound('tenant'));
        await appendOperatorAudit(tx, change(actor, 'updated', { before, after }), id);
        return ok(after);
      }),
    );
  }

  /** Its keys are destroyed with this; a worker deletes its rows and objects. Whatever is erased already stays so. */
  erase(
    actor: AuditActor,
    id: string,
    { slug, reason }: { readonly slug: string; readonly reason: string },
  ): Promise<Result<TenantRow, Problem>> {
    return this.database.transaction(async (tx) => {
      const before = await findTenant(tx, id);
      if (before === null) return err(notFound('tenant'));
      if (before.slug !== slug) {
        const faults = [{ pointer: '/slug', code: 'other_slug', message: 'The tenant has another slug' }];
        return err(problem('unprocessable', 'other_slug', 'The tenant has another slug.', { faults }));
      }
      const answer = await eraseTenant(tx, id);
      if (answer === 'not_suspended') return err(problem('conflict', answer, 'Suspend the tenant first.'));
      if (answer === 'legal_hold')
        return err(problem('conflict', answer, 'The tenant, or an operator, has set a legal hold.'));
      const after = await findTenant(tx, id);
      if (answer === 'not_found' || after === null) return err(notFound('tenant'));
      if (answer === 'erased') await appendOperatorAudit(tx, change(actor, 'erased', { before, after, reason }), id);
      return ok(after);
    });
  }

  tiers(): Promise<{ name: string; rate_limit_per_minute: number }[]> {
    return this.database.transaction(listTiers);
  }

  private async guarded<T>(work: () => Promise<Result<T, Problem>>): Promise<Result<T, Problem>> {
    try {
      return await work();
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'tenants_slug_key') {
        const faults = [{ pointer: '/slug', code: 'slug_taken', message: 'Another tenant has this slug' }];
        return err(problem('conflict', 'slug_taken', 'Another tenant has this slug.', { faults }));
      }
      if (constraint === 'tenants_erased')
        return err(problem('conflict', 'tenant_erased', 'The tenant was erased: it can never be active again.'));
      if (constraint === 'tenants_tier_fkey') {
        const faults = [{ pointer: '/tier', code: 'unknown_tier', message: 'There is no such tier' }];
        return err(problem('unprocessable', 'unknown_tier', 'There is no such tier.', { faults }));
      }
      throw error;
    }
  }
}
