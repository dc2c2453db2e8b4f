import { type ConnectorError } from '@hub/connector-sdk';
import { type TenantTx } from '@hub/tenancy';
import { tellConnectionEvent } from './connection-events';
import { CONNECTION_COLUMNS } from './connection.repository';
import { type ConnectionRow, type ConnectionStatus } from './connection.types';
import { jsonText } from './json-text';

const LONGEST_REASON = 500;
/** Between tries after a refresh that failed: doubled with each, up to a quarter of an hour. */
const FIRST_RETRY_S = 60;
const LONGEST_RETRY_S = 900;

/**
 * Moves to `status`, only from one of `from` when it is given. Null: no such connection, or in another status.
 * Written again when it is already there, so that the newest reason shows. Whoever makes a connection active again wants
 * its credentials tried, so a refusal that is kept of them counts no more.
 */
export async function setConnectionStatus(
  tx: TenantTx,
  id: string,
  status: ConnectionStatus,
  reason: string | null,
  from: readonly ConnectionStatus[] | null = null,
): Promise<ConnectionRow | null> {
  const before = await lockStatus(tx, id);
  if (before === null || (from !== null && !from.includes(before.status))) return null;
  const [row] = await tx.query<ConnectionRow>(
    `update connections set status = $3, status_reason = $4, updated_at = now(),
       refused_revision = case when $3 = 'active' then null else refused_revision end,
       refresh_not_before = case when $3 = 'active' then null else refresh_not_before end
     where tenant_id = $1 and id = $2 returning ${CONNECTION_COLUMNS}`,
    [tx.tenantId, id, status, reason],
  );
  if (row === undefined) throw new Error('a locked connection is gone');
  if (status === 'needs_reauth' && before.status !== 'needs_reauth') {
    await tellConnectionEvent(tx, 'connection.needs_reauth', id, { name: row.name, reason });
  }
  return row;
}

/**
 * The vendor has refused the credentials of one revision for good: nothing is asked of it with them any more, and an active
 * connection waits for a person. A paused one stays paused, and shows it all the same.
 * @returns false when the connection has other credentials by now: what was refused is gone
 */
export async function requireReauth(
  tx: TenantTx,
  id: string,
  revision: number,
  error: Pick<ConnectorError, 'category' | 'code' | 'message'>,
): Promise<boolean> {
  const before = await lockStatus(tx, id);
  if (before === null || before.revision !== revision) return false;
  const reason = `${error.code}: ${error.message}`.slice(0, LONGEST_REASON).replaceAll('\0', '');
  await tx.query(
    `update connections set refused_revision = revision, auth_error = $3, refresh_not_before = 'infinity', updated_at = now(),
       status = case status when 'active' then 'needs_reauth' else status end,
       status_reason = case when status in ('active', 'needs_reauth') then $4 else status_reason end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, storable(error), reason],
  );
  if (before.refused_revision !== revision && before.status !== 'needs_reauth') {
    await tellConnectionEvent(tx, 'connection.needs_reauth', id, { name: before.name, reason });
  }
  return true;
}

/** A refresh failed, and may work later: the schedule tries again after a growing while. */
export async function noteRefreshFailure(
  tx: TenantTx,
  id: string,
  error: Pick<ConnectorError, 'category' | 'code' | 'message'>,
): Promise<void> {
  await tx.query(
    `update connections set refresh_failures = refresh_failures + 1, auth_error = $3,
       refresh_not_before = now() + least(${LONGEST_RETRY_S}, ${FIRST_RETRY_S} * power(2, least(refresh_failures, 10))) * interval '1 second'
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, storable(error)],
  );
}

interface StatusRow {
  name: string;
  status: ConnectionStatus;
  revision: number;
  refused_revision: number | null;
}

async function lockStatus(tx: TenantTx, id: string): Promise<StatusRow | null> {
  const [row] = await tx.query<StatusRow & Record<string, unknown>>(
    `select name, status, revision, refused_revision from connections
     where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

function storable({ category, code, message }: Pick<ConnectorError, 'category' | 'code' | 'message'>): string {
  return jsonText({ category, code: code.slice(0, 200), message: message.slice(0, LONGEST_REASON) });
}
