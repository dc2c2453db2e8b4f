import { newUuid } from '@hub/platform';
import { type TenantTx } from '../tenant-db';
import { issueKey, type IssuedKey } from './api-key-format';
import { type Scope } from './scopes';

export interface ApiKeyRow {
  id: string;
  prefix: string;
  name: string;
  environment: 'live' | 'test';
  scopes: Scope[];
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  replaces: string | null;
  created_at: Date;
}

const COLUMNS = 'id, prefix, name, environment, scopes, expires_at, revoked_at, last_used_at, replaces, created_at';

export interface NewApiKey {
  readonly name: string;
  readonly environment: 'live' | 'test';
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly replaces?: string;
}

export async function createApiKey(tx: TenantTx, request: NewApiKey): Promise<{ row: ApiKeyRow; issued: IssuedKey }> {
  const issued = issueKey(request.environment);
  const [row] = await tx.query<ApiKeyRow>(
    `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes, expires_at, replaces)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
    [
      tx.tenantId,
      newUuid(),
      issued.prefix,
      request.name,
      request.environment,
      issued.hash,
      request.scopes,
      request.expiresAt,
      request.replaces ?? null,
    ],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return { row, issued };
}

export async function listApiKeys(tx: TenantTx, page: { limit: number; before: string | null }): Promise<ApiKeyRow[]> {
  return tx.query<ApiKeyRow>(
    `select ${COLUMNS} from api_keys where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [tx.tenantId, page.before, page.limit],
  );
}

export async function findApiKey(tx: TenantTx, id: string): Promise<ApiKeyRow | null> {
  const [row] = await tx.query<ApiKeyRow>(`select ${COLUMNS} from api_keys where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    id,
  ]);
  return row ?? null;
}

/** Ends a key now, or `afterSeconds` from now: the overlap of a rotation. An earlier end is never put off. */
export async function revokeApiKey(tx: TenantTx, id: string, afterSeconds = 0): Promise<ApiKeyRow | null> {
  const [row] = await tx.query<ApiKeyRow>(
    `update api_keys set revoked_at = least(coalesce(revoked_at, 'infinity'), now() + make_interval(secs => $3))
     where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
    [tx.tenantId, id, afterSeconds],
  );
  return row ?? null;
}

/** Written at most once a minute for each key: the caller keeps the time. */
export async function touchApiKey(tx: TenantTx, id: string): Promise<void> {
  await tx.query(`update api_keys set last_used_at = now() where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
}
