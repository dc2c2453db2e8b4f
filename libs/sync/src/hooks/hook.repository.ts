import { type ChangeNotice } from '@hub/connector-sdk';
import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

export interface HookRow {
  connection_id: string;
  created_at: Date;
  received: number;
  refused: number;
  last_received_at: Date | null;
  last_refused_at: Date | null;
  /** Why: a stable code. */
  last_refusal: string | null;
}

export interface HookOwner {
  readonly tenantId: string;
  readonly connectionId: string;
}

const COLUMNS = 'connection_id, created_at, received, refused, last_received_at, last_refused_at, last_refusal';

/** Before the tenant is known: one row for who holds the token. Null when nobody does, or the tenant is suspended. */
export async function findHookOwner(app: Database, tokenHash: Buffer): Promise<HookOwner | null> {
  const [row] = await app.query<{ tenant_id: string; connection_id: string }>(
    'select * from find_connection_hook($1)',
    [tokenHash],
    'find_connection_hook',
  );
  return row === undefined ? null : { tenantId: row.tenant_id, connectionId: row.connection_id };
}

export interface AccountConnection extends HookOwner {
  readonly accountId: string;
}

/** Before the tenant is known: every connection that is signed in to one of these accounts. A verified call named them. */
export async function findAccountConnections(
  app: Database,
  connectorId: string,
  accountIds: readonly string[],
): Promise<AccountConnection[]> {
  const rows = await app.query<{ tenant_id: string; connection_id: string; account_id: string }>(
    'select * from find_account_connections($1, $2)',
    [connectorId, accountIds],
    'find_account_connections',
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    accountId: row.account_id,
  }));
}

/** From now on only the new token's path works. */
export async function putHook(tx: TenantTx, connectionId: string, tokenHash: Buffer): Promise<HookRow> {
  const [row] = await tx.query<HookRow>(
    `insert into connection_hooks (tenant_id, connection_id, token_hash) values ($1, $2, $3)
     on conflict (tenant_id, connection_id) do update set token_hash = excluded.token_hash, created_at = now()
     returning ${COLUMNS}`,
    [tx.tenantId, connectionId, tokenHash],
  );
  if (row === undefined) throw new Error('a hook was written and is not there');
  return row;
}

export async function findHook(tx: TenantTx, connectionId: string): Promise<HookRow | null> {
  const [row] = await tx.query<HookRow>(
    `select ${COLUMNS} from connection_hooks where tenant_id = $1 and connection_id = $2`,
    [tx.tenantId, connectionId],
  );
  return row ?? null;
}

export async function deleteHook(tx: TenantTx, connectionId: string): Promise<boolean> {
  const rows = await tx.query(`delete from connection_hooks where tenant_id = $1 and connection_id = $2 returning 1`, [
    tx.tenantId,
    connectionId,
  ]);
  return rows.length === 1;
}

/**
 * Keeps what a verified call announced, and counts the call.
 * @returns how many records wait to be read because of this call
 */
export async function storeNotices(
  tx: TenantTx,
  connectionId: string,
  notices: readonly ChangeNotice[],
): Promise<number> {
  await tx.query(
    `update connection_hooks set received = received + 1, last_received_at = now() where tenant_id = $1 and connection_id = $2`,
    [tx.tenantId, connectionId],
    'count_hook',
  );
  return announce(tx, connectionId, notices, false);
}

/**
 * Has records read that a sync of the connection pulls. One that waits already is not kept twice; it is marked, so that the
 * worker which is reading it reads it once more. Rows go in sorted, so that two calls about the same records never deadlock.
 *
 * @param carry what is read becomes an event, also when it is what the hub has written itself
 * @returns how many records wait to be read because of this call
 */
export async function announce(
  tx: TenantTx,
  connectionId: string,
  notices: readonly ChangeNotice[],
  carry: boolean,
): Promise<number> {
  if (notices.length === 0) return 0;
  const last = new Map(notices.map((notice) => [JSON.stringify([notice.object, notice.id]), notice]));
  const rows = await tx.query(
    `insert into hook_notices (tenant_id, connection_id, object, record_id, change, carry)
     select s.tenant_id, s.connection_id, n.object, n.record_id, n.change, $6
     from unnest($3::text[], $4::text[], $5::text[]) as n(object, record_id, change)
     join syncs s on s.tenant_id = $1 and s.connection_id = $2 and s.object = n.object and s.deleted_at is null
     order by n.object, n.record_id
     on conflict (tenant_id, connection_id, object, record_id) do update set
       change = case when excluded.carry then hook_notices.change else excluded.change end, revision = hook_notices.revision + 1, attempts = 0, due_at = now(),
       carry = hook_notices.carry or excluded.carry
     returning 1`,
    [
      tx.tenantId,
      connectionId,
      [...last.values()].map(({ object }) => object),
      [...last.values()].map(({ id }) => id),
      [...last.values()].map(({ change }) => change),
      carry,
    ],
    'store_notices',
  );
  return rows.length;
}

/** In the order in which they are announced, so that neither waits for the other. */
export async function lockNotices(
  tx: TenantTx,
  connectionId: string,
  object: string,
  recordIds: readonly string[],
): Promise<void> {
  await tx.query(
    `select 1 from hook_notices where tenant_id = $1 and connection_id = $2 and object = $3 and record_id = any($4::text[])
     order by record_id for update`,
    [tx.tenantId, connectionId, object, recordIds],
    'lock_notices',
  );
}

export async function countRefusal(tx: TenantTx, connectionId: string, refusal: string): Promise<void> {
  await tx.query(
    `update connection_hooks set refused = refused + 1, last_refused_at = now(), last_refusal = $3 where tenant_id = $1 and connection_id = $2`,
    [tx.tenantId, connectionId, refusal],
    'count_refused_hook',
  );
}
