import { type Tx } from '@hub/database';
import { type TenantTx } from '../tenant-db';
import { type Role } from './roles';

/** What a newcomer may become: owners are made by owners, never by a provider. */
export const SSO_ROLES = ['admin', 'developer', 'support', 'compliance', 'viewer'] as const satisfies readonly Role[];
export type SsoRole = (typeof SSO_ROLES)[number];

export interface SsoSettingsRow {
  issuer: string;
  client_id: string;
  client_secret: string;
  key_id: string;
  default_role: SsoRole;
  required: boolean;
  updated_at: Date;
}

export interface SsoDomainRow {
  domain: string;
  token: string;
  verified_at: Date | null;
  verified_by: 'dns' | 'operator' | null;
}

export async function findSso(tx: TenantTx): Promise<SsoSettingsRow | null> {
  const [row] = await tx.query<SsoSettingsRow>(
    `select issuer, client_id, client_secret, key_id, default_role, required, updated_at from sso_settings where tenant_id = $1`,
    [tx.tenantId],
  );
  return row ?? null;
}

export async function saveSso(tx: TenantTx, wanted: Omit<SsoSettingsRow, 'updated_at'>): Promise<void> {
  await tx.query(
    `insert into sso_settings (tenant_id, issuer, client_id, client_secret, key_id, default_role, required)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id) do update set issuer = excluded.issuer, client_id = excluded.client_id,
       client_secret = excluded.client_secret, key_id = excluded.key_id, default_role = excluded.default_role,
       required = excluded.required, updated_at = now()`,
    [
      tx.tenantId,
      wanted.issuer,
      wanted.client_id,
      wanted.client_secret,
      wanted.key_id,
      wanted.default_role,
      wanted.required,
    ],
  );
}

/** @returns whether there was something to delete */
export async function deleteSso(tx: TenantTx): Promise<boolean> {
  await tx.query(`delete from sso_domains where tenant_id = $1`, [tx.tenantId]);
  return (
    (await tx.query(`delete from sso_settings where tenant_id = $1 returning tenant_id`, [tx.tenantId])).length > 0
  );
}

export function listSsoDomains(tx: TenantTx): Promise<SsoDomainRow[]> {
  return tx.query<SsoDomainRow>(
    `select domain, token, verified_at, verified_by from sso_domains where tenant_id = $1 order by domain`,
    [tx.tenantId],
  );
}

/** These and no others; what was proved of one that stays remains proved. */
export async function replaceSsoDomains(
  tx: TenantTx,
  domains: readonly { readonly domain: string; readonly token: string }[],
): Promise<void> {
  const names = domains.map(({ domain }) => domain);
  await tx.query(`delete from sso_domains where tenant_id = $1 and domain <> all ($2::text[])`, [tx.tenantId, names]);
  await tx.query(
    `insert into sso_domains (tenant_id, domain, token)
     select $1, * from unnest($2::text[], $3::text[]) on conflict (tenant_id, domain) do nothing`,
    [tx.tenantId, names, domains.map(({ token }) => token)],
  );
}

/**
 * Through the tenant's transaction or the operators'.
 * @returns `taken` when another tenant has proved it: nothing has changed then
 */
export async function verifySsoDomain(
  tx: Tx,
  tenantId: string,
  domain: string,
  by: 'dns' | 'operator',
): Promise<'verified' | 'unknown' | 'taken'> {
  await tx.query('savepoint verify_domain', []);
  try {
    const rows = await tx.query(
      `update sso_domains set verified_at = coalesce(verified_at, now()), verified_by = coalesce(verified_by, $3)
       where tenant_id = $1 and domain = $2 returning domain`,
      [tenantId, domain, by],
    );
    await tx.query('release savepoint verify_domain', []);
    return rows.length > 0 ? 'verified' : 'unknown';
  } catch (error) {
    if ((error as { constraint?: unknown }).constraint !== 'sso_domains_verified') throw error;
    await tx.query('rollback to savepoint verify_domain', []);
    return 'taken';
  }
}

/** A tenant's provider as it is asked for at sign-in, before anybody is in a tenant: without the secret. */
export interface SsoEntry {
  tenant_id: string;
  slug: string;
  default_role: SsoRole;
  required: boolean;
}

const ENTRY = `select s.tenant_id, t.slug, s.default_role, s.required
  from sso_settings s join tenants t on t.id = s.tenant_id and t.status = 'active'`;

/** Through the role that lets people in, like all below. A provider that speaks for no domain lets nobody in. */
export async function findSsoBySlug(tx: Tx, slug: string): Promise<SsoEntry | null> {
  const [row] = await tx.query<SsoEntry>(
    `${ENTRY} where t.slug = $1
       and exists (select 1 from sso_domains d where d.tenant_id = s.tenant_id and d.verified_at is not null)`,
    [slug],
  );
  return row ?? null;
}

/** Who speaks for the domain of this e-mail, proved. */
export async function findSsoByEmail(tx: Tx, email: string): Promise<SsoEntry | null> {
  const [row] = await tx.query<SsoEntry>(
    `${ENTRY} join sso_domains d on d.tenant_id = s.tenant_id and d.verified_at is not null where d.domain = $1`,
    [emailDomain(email)],
  );
  return row ?? null;
}

function emailDomain(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}

export async function insertSsoSignIn(
  tx: Tx,
  begun: { readonly stateHash: Buffer; readonly browserHash: Buffer; readonly tenantId: string },
): Promise<void> {
  await tx.query(`delete from sso_sign_ins where expires_at < now()`, []);
  await tx.query(`insert into sso_sign_ins (state_hash, browser_hash, into_tenant_id) values ($1, $2, $3)`, [
    begun.stateHash,
    begun.browserHash,
    begun.tenantId,
  ]);
}

/** Taken away as it is looked up: a state opens once. @returns the tenant that it was begun for, by this very browser */
export async function takeSsoSignIn(tx: Tx, stateHash: Buffer, browserHash: Buffer): Promise<string | null> {
  const [row] = await tx.query<{ into_tenant_id: string }>(
    `delete from sso_sign_ins where state_hash = $1 and browser_hash = $2 and expires_at > now() returning into_tenant_id`,
    [stateHash, browserHash],
  );
  return row?.into_tenant_id ?? null;
}

/** A person's place in a tenant, whatever its state. */
export async function findMembership(
  tx: Tx,
  tenantId: string,
  userId: string,
): Promise<{ role: Role; status: 'active' | 'disabled' } | null> {
  const [row] = await tx.query<{ role: Role; status: 'active' | 'disabled' }>(
    `select role, status from memberships where tenant_id = $1 and user_id = $2`,
    [tenantId, userId],
  );
  return row ?? null;
}
