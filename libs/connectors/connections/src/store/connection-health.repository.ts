import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type ConnectionRow } from './connection.types';

/** What the drains of a connection have seen. Written behind by the worker, so it may lag by a drain. */
export interface ConnectionHealthRow extends Pick<
  ConnectionRow,
  | 'id'
  | 'status'
  | 'status_reason'
  | 'has_credentials'
  | 'revision'
  | 'token_expires_at'
  | 'refresh_expires_at'
  | 'refresh_failures'
  | 'auth_error'
  | 'refused_revision'
> {
  /** When the credentials were last set, signed in for or refreshed. */
  credentials_stored_at: Date | null;
  breaker_state: 'closed' | 'open' | 'half_open';
  breaker_opened_at: Date | null;
  consecutive_failures: number;
  /** When deliveries go on, while a breaker or a vendor's limit makes them wait. */
  resume_at: Date | null;
  resume_reason: 'breaker_open' | 'rate_limited' | 'misconfigured' | null;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_error: JsonObject | null;
}

/** Null for a connection that does not exist. A wait that is over is not shown. */
export async function findConnectionHealth(tx: TenantTx, id: string): Promise<ConnectionHealthRow | null> {
  const [row] = await tx.query<ConnectionHealthRow>(
    `select c.id, c.status, c.status_reason, c.credentials_sealed is not null as has_credentials, c.revision,
            c.token_expires_at, c.refresh_expires_at, c.refresh_failures, c.auth_error, c.refused_revision,
            c.credentials_stored_at, r.breaker_state, r.breaker_opened_at, r.consecutive_failures,
            case when r.resume_at > now() then r.resume_at end as resume_at,
            case when r.resume_at > now() then r.resume_reason end as resume_reason,
            r.last_success_at, r.last_failure_at, r.last_error
     from connections c
     join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
     where c.tenant_id = $1 and c.id = $2 and c.deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** A person has mended or resumed the connection: what waited for its breaker or limit is tried at once. */
export async function clearConnectionWaits(tx: TenantTx, connectionId: string): Promise<void> {
  await tx.query(
    `with before as (
       select connection_id from connection_runtime
       where tenant_id = $1 and connection_id = $2 and breaker_state <> 'closed' for update
     ), told as (
       insert into hub_events (tenant_id, id, type, connection_id, data)
       select c.tenant_id, uuid_v7(), 'breaker.closed', c.id, '{"consecutive_failures":0,"error":null}'
       from before b join connections c on c.tenant_id = $1 and c.id = b.connection_id and not c.internal
     )
     update connection_runtime set breaker_state = 'closed', consecutive_failures = 0, breaker_opened_at = null,
            resume_at = null, resume_reason = null, limited_since = null
     where tenant_id = $1 and connection_id = $2`,
    [tx.tenantId, connectionId],
  );
}

/** What is known of the end of a connection's credentials, and when it last worked. */
export interface ConnectionStandingRow extends Pick<
  ConnectionHealthRow,
  'id' | 'has_credentials' | 'token_expires_at' | 'refresh_expires_at' | 'refresh_failures' | 'last_success_at'
> {
  /** The hub gets new tokens by itself. */
  renews: boolean;
}

/** Newest first. */
export async function listConnectionStandings(tx: TenantTx, limit: number): Promise<ConnectionStandingRow[]> {
  return tx.query<ConnectionStandingRow & Record<string, unknown>>(
    `select c.id, c.credentials_sealed is not null as has_credentials, c.token_expires_at, c.refresh_expires_at,
            c.refresh_failures, c.refresh_due_at is not null or c.refresh_expires_at is not null as renews, r.last_success_at
     from connections c
     join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
     where c.tenant_id = $1 and c.deleted_at is null order by c.id desc limit $2`,
    [tx.tenantId, limit],
    'list_connection_standings',
  );
}

/** @returns the breakers that are not closed, by connection */
export async function listTrippedBreakers(tx: TenantTx): Promise<ReadonlyMap<string, 'open' | 'half_open'>> {
  const rows = await tx.query<{ connection_id: string; breaker_state: 'open' | 'half_open' }>(
    `select connection_id, breaker_state from connection_runtime where tenant_id = $1 and breaker_state <> 'closed'`,
    [tx.tenantId],
    'list_tripped_breakers',
  );
  return new Map(rows.map((row) => [row.connection_id, row.breaker_state]));
}
