import { appendAudit, systemActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { newUuid, toPublicId } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type DisabledReason } from './endpoint.types';

/** What waits is held as it is, without using up an attempt. @returns false when it was off already, or is gone. */
export async function switchOff(tx: TenantTx, id: string, reason: DisabledReason): Promise<boolean> {
  await lockConnection(tx, id);
  const [row] = await tx.query<{ connection_id: string }>(
    `update webhook_endpoints set disabled_reason = $3, disabled_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and disabled_at is null returning connection_id`,
    [tx.tenantId, id, reason],
  );
  if (row === undefined) return false;
  await tx.query(
    `update connections set status = $3, status_reason = $4, updated_at = now() where tenant_id = $1 and id = $2`,
    [tx.tenantId, row.connection_id, reason === 'user' ? 'paused' : 'disabled', `endpoint_${reason}`],
  );
  return true;
}

/**
 * What was held goes on where it stood, and failures are counted anew. The breaker is closed: whoever switches an endpoint
 * on wants it called.
 */
export async function switchOn(tx: TenantTx, id: string): Promise<boolean> {
  await lockConnection(tx, id);
  const [row] = await tx.query<{ connection_id: string }>(
    `update webhook_endpoints set disabled_reason = null, disabled_at = null, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and disabled_at is not null returning connection_id`,
    [tx.tenantId, id],
  );
  if (row === undefined) return false;
  const place = [tx.tenantId, row.connection_id];
  await tx.query(
    `update connections set status = 'active', status_reason = null, updated_at = now() where tenant_id = $1 and id = $2`,
    place,
  );
  await tx.query(
    `update connection_runtime set breaker_state = 'closed', consecutive_failures = 0, breaker_opened_at = null,
            resume_at = null, resume_reason = null, failing_since = null
     where tenant_id = $1 and connection_id = $2`,
    place,
  );
  return true;
}

/** Before the endpoint itself, as whoever changes both does: two who waited for each other would end in a deadlock. */
async function lockConnection(tx: TenantTx, id: string): Promise<void> {
  await tx.query(
    `select 1 from connections c join webhook_endpoints w on w.tenant_id = c.tenant_id and w.connection_id = c.id
     where w.tenant_id = $1 and w.id = $2 for no key update of c`,
    [tx.tenantId, id],
  );
}

/** How long every attempt has to fail before an endpoint is switched off, unless the operator says otherwise. */
export const DISABLED_AFTER_SECONDS = 5 * 24 * 3600;

/** Since the first failure, and no success between: a single failure followed by silence proves nothing. */
const FAILING = `r.last_failure_at - r.failing_since >= $1 * interval '1 second'`;

/** @param dispatcher logged in as the dispatcher. @returns the endpoints of all tenants that have failed for so long. */
export async function findFailingEndpoints(
  dispatcher: Database,
  afterSeconds: number,
): Promise<{ tenantId: string; endpointId: string }[]> {
  return dispatcher.query<{ tenantId: string; endpointId: string }>(
    `select w.tenant_id as "tenantId", w.id as "endpointId" from webhook_endpoints w
     join connection_runtime r on r.tenant_id = w.tenant_id and r.connection_id = w.connection_id
     where w.deleted_at is null and w.disabled_at is null and ${FAILING}`,
    [afterSeconds],
  );
}

/** Judged again under the connection's lock: a success may have come between. @returns whether it was switched off. */
export async function disableFailing(tx: TenantTx, endpointId: string, afterSeconds: number): Promise<boolean> {
  await lockConnection(tx, endpointId);
  const rows = await tx.query(
    `select 1 from webhook_endpoints w join connection_runtime r on r.tenant_id = w.tenant_id and r.connection_id = w.connection_id
     where w.tenant_id = $2 and w.id = $3 and w.deleted_at is null and w.disabled_at is null and ${FAILING} for update of r`,
    [afterSeconds, tx.tenantId, endpointId],
  );
  return rows.length > 0 && disable(tx, endpointId, 'failing');
}

/**
 * The receiver wants to hear nothing more.
 * @param revision of the connection as it was called: of an endpoint that has another address by now, nothing was said
 */
export async function disableGone(
  tx: TenantTx,
  connectionId: string,
  revision: number,
): Promise<'no_endpoint' | 'changed_since' | 'disabled'> {
  const [found] = await tx.query<{ id: string; revision: number }>(
    `select w.id, c.revision from webhook_endpoints w join connections c on c.tenant_id = w.tenant_id and c.id = w.connection_id
     where w.tenant_id = $1 and w.connection_id = $2 for no key update of c`,
    [tx.tenantId, connectionId],
  );
  if (found === undefined) return 'no_endpoint';
  if (found.revision !== revision) return 'changed_since';
  await disable(tx, found.id, 'gone');
  return 'disabled';
}

/** Told on the bus, so that other endpoints hear of it, and recorded: no person has done it. */
async function disable(tx: TenantTx, endpointId: string, reason: 'failing' | 'gone'): Promise<boolean> {
  if (!(await switchOff(tx, endpointId, reason))) return false;
  const [endpoint] = await tx.query<{ url: string }>(
    `select c.config ->> 'url' as url from webhook_endpoints w
     join connections c on c.tenant_id = w.tenant_id and c.id = w.connection_id where w.tenant_id = $1 and w.id = $2`,
    [tx.tenantId, endpointId],
  );
  const data = { endpoint_id: toPublicId('webhookEndpoint', endpointId), url: endpoint?.url ?? '', reason };
  await tx.query(
    `insert into hub_events (tenant_id, id, type, data) values ($1, $2, 'webhook_endpoint.disabled', $3)`,
    [tx.tenantId, newUuid(), JSON.stringify(data)],
  );
  await appendAudit(tx, {
    action: 'webhook_endpoint.disabled',
    actor: systemActor('webhooks'),
    target: { type: 'webhook_endpoint', id: data.endpoint_id, name: data.url },
    reason,
  });
  return true;
}
