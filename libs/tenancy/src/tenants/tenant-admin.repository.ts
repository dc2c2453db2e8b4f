import { type Tx } from '@hub/database';
import { newUuid } from '@hub/platform';
import { issueKey, type IssuedKey } from '../api-keys/api-key-format';
import { SCOPES } from '../api-keys/scopes';

/** For the operator role: tenants themselves, never what belongs to them. */
export interface TenantRow {
  id: string;
  slug: string;
  name: string;
  tier: string;
  rate_limit_per_minute: number | null;
  status: 'active' | 'suspended';
  created_at: Date;
  updated_at: Date;
  /** When its keys were destroyed; it can never be active again. */
  erased_at: Date | null;
}

const COLUMNS = 'id, slug, name, tier, rate_limit_per_minute, status, created_at, updated_at, erased_at';

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  readonly tier: string;
  readonly rateLimitPerMinute: number | null;
}

export async function insertTenant(tx: Tx, tenant: NewTenant): Promise<TenantRow> {
  const [row] = await tx.query<TenantRow>(
    `insert into tenants (id, slug, name, tier, rate_limit_per_minute) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [newUuid(), tenant.slug, tenant.name, tenant.tier, tenant.rateLimitPerMinute],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return row;
}

/** A new tenant's first key, with every scope: with it the tenant makes narrower ones. */
export async function insertFirstApiKey(tx: Tx, tenantId: string, environment: 'live' | 'test'): Promise<IssuedKey> {
  const issued = issueKey(environment);
  await tx.query(
    `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes) values ($1, $2, $3, 'first key', $4, $5, $6)`,
    [tenantId, newUuid(), issued.prefix, environment, issued.hash, SCOPES],
  );
  return issued;
}

export interface TenantFilter {
  /** Looked for in name and slug, without regard to case. */
  readonly q?: string | undefined;
  readonly id?: string | undefined;
  readonly status?: TenantRow['status'] | undefined;
}

/** Newest first. */
export async function listTenants(
  tx: Tx,
  { q, id, status }: TenantFilter,
  page: { limit: number; before: string | null },
): Promise<TenantRow[]> {
  return tx.query<TenantRow>(
    `select ${COLUMNS} from tenants
     where ($1::uuid is null or id < $1) and ($3::text is null or strpos(lower(name), $3) > 0 or strpos(slug, $3) > 0)
       and ($4::uuid is null or id = $4) and ($5::text is null or status = $5)
     order by id desc limit $2`,
    [page.before, page.limit, q?.toLowerCase() ?? null, id ?? null, status ?? null],
  );
}

export async function findTenant(tx: Tx, id: string): Promise<TenantRow | null> {
  const [row] = await tx.query<TenantRow>(`select ${COLUMNS} from tenants where id = $1`, [id]);
  return row ?? null;
}

export interface TenantChange {
  readonly name?: string;
  readonly tier?: string;
  /** `null` returns to the tier's figure. */
  readonly rateLimitPerMinute?: number | null;
  readonly status?: 'active' | 'suspended';
}

export async function updateTenant(tx: Tx, id: string, change: TenantChange): Promise<TenantRow | null> {
  const [row] = await tx.query<TenantRow>(
    `update tenants set
       name = coalesce($2, name), tier = coalesce($3, tier), status = coalesce($4, status),
       rate_limit_per_minute = case when $5 then $6::integer else rate_limit_per_minute end,
       updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [
      id,
      change.name ?? null,
      change.tier ?? null,
      change.status ?? null,
      change.rateLimitPerMinute !== undefined,
      change.rateLimitPerMinute ?? null,
    ],
  );
  return row ?? null;
}

/** Events a minute: its own figure, or its tier's. `null` when there is no such tenant. */
export async function findTenantLimit(tx: Tx, id: string): Promise<number | null> {
  const [row] = await tx.query<{ limit_per_minute: number }>(
    `select coalesce(t.rate_limit_per_minute, r.rate_limit_per_minute) as limit_per_minute
     from tenants t join tiers r on r.name = t.tier where t.id = $1`,
    [id],
  );
  return row?.limit_per_minute ?? null;
}

export async function listTiers(tx: Tx): Promise<{ name: string; rate_limit_per_minute: number }[]> {
  return tx.query(`select name, rate_limit_per_minute from tiers order by rate_limit_per_minute`);
}

export type EraseAnswer = 'erased' | 'already_erased' | 'not_found' | 'not_suspended' | 'legal_hold';

/** Destroys the tenant's keys and whatever opens with them; its rows follow. Only of one that is suspended and not on hold. */
export async function eraseTenant(tx: Tx, id: string): Promise<EraseAnswer> {
  const [row] = await tx.query<{ answer: EraseAnswer }>(`select erase_tenant($1) as answer`, [id]);
  if (row === undefined) throw new Error('erase_tenant returned no row');
  return row.answer;
}
