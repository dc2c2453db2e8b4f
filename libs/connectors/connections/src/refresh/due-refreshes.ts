import { type Database } from '@hub/database';
import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { USE_NOTED_EVERY } from '../opener/opened-connection.repository';

/**
 * How long one worker has a refresh to itself. Longer than a refresh can last; one that dies is followed by another after it.
 */
const CLAIM_LASTS = '2 minutes';

export interface RefreshTarget {
  readonly tenantId: string;
  readonly connectionId: string;
}

/** Ahead of the token's end for a connection that was used since it was stored, and a day after it for an idle one. */
const IS_DUE = `c.deleted_at is null and c.status in ('active', 'paused') and c.refresh_due_at <= now()
  and (c.refresh_not_before is null or c.refresh_not_before <= now())
  and (c.refresh_idle_at <= now() or r.used_at >= c.credentials_stored_at - interval '${USE_NOTED_EVERY}')`;

/** Connections of all tenants whose credentials should be refreshed now, the most urgent first. For the dispatcher. */
export async function findDueRefreshes(dispatcher: Database, limit: number): Promise<RefreshTarget[]> {
  const rows = await dispatcher.query<{ tenant_id: string; id: string }>(
    `select c.tenant_id, c.id from connections c
     join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
     where ${IS_DUE} order by c.refresh_due_at limit $1`,
    [limit],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.id }));
}

export interface ClaimedRefresh {
  readonly connectorId: string;
  readonly config: JsonObject;
  readonly revision: number;
}

/**
 * Takes one of them for this worker. Null when another has it, is just refreshing it (its row is locked, and waiting for it
 * would be for nothing), or it is no longer due.
 */
export async function claimRefresh(tx: TenantTx, connectionId: string): Promise<ClaimedRefresh | null> {
  const [row] = await tx.query<{ connector_id: string; config: JsonObject; revision: number }>(
    `with due as (
       select c.id from connections c
       join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
       where c.tenant_id = $1 and c.id = $2 and ${IS_DUE}
       for no key update of c skip locked
     )
     update connections c set refresh_not_before = now() + interval '${CLAIM_LASTS}' from due
     where c.tenant_id = $1 and c.id = due.id
     returning c.connector_id, c.config, c.revision`,
    [tx.tenantId, connectionId],
  );
  return row === undefined ? null : { connectorId: row.connector_id, config: row.config, revision: row.revision };
}
