import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { endOfHubEvents, HORIZON } from './hub-event-reader';
import { type HubEventPosition } from './hub-event.types';

/**
 * Where a consumer of the bus has got to, one row for each tenant that it is interested in: a tenant without one costs
 * nothing. Whoever moves the cursor in the transaction that does the work does it exactly once.
 */
export type HubEventConsumer = 'webhooks';

/**
 * From now on; one that is there stays where it is. Either way its row is locked until the end of the transaction: whoever
 * closes it at this moment has to look again whether it is still needed.
 */
export async function openHubEventCursor(tx: TenantTx, consumer: HubEventConsumer): Promise<void> {
  const { txId, id, heardUntil } = await endOfHubEvents(tx);
  await tx.query(
    `insert into hub_event_cursors (tenant_id, consumer, tx_id, id, heard_until) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, consumer) do update set consumer = excluded.consumer`,
    [tx.tenantId, consumer, txId, id, heardUntil],
  );
}

export async function closeHubEventCursor(tx: TenantTx, consumer: HubEventConsumer): Promise<void> {
  await tx.query(`delete from hub_event_cursors where tenant_id = $1 and consumer = $2`, [tx.tenantId, consumer]);
}

/** Null when there is none. With `wait: false` also when somebody else is reading at this moment. */
export async function lockHubEventCursor(
  tx: TenantTx,
  consumer: HubEventConsumer,
  { wait }: { readonly wait: boolean },
): Promise<HubEventPosition | null> {
  const [row] = await tx.query<{ tx_id: number; id: string; heard_until: string | null }>(
    `select tx_id, id, heard_until::text as heard_until from hub_event_cursors
     where tenant_id = $1 and consumer = $2 for update ${wait ? '' : 'skip locked'}`,
    [tx.tenantId, consumer],
  );
  return row === undefined ? null : { txId: row.tx_id, id: row.id, heardUntil: row.heard_until };
}

export async function moveHubEventCursor(
  tx: TenantTx,
  consumer: HubEventConsumer,
  position: HubEventPosition,
): Promise<void> {
  await tx.query(
    `update hub_event_cursors set tx_id = $3, id = $4, heard_until = $5 where tenant_id = $1 and consumer = $2`,
    [tx.tenantId, consumer, position.txId, position.id, position.heardUntil],
  );
}

/** Tenants for which the consumer has something to read, or a cursor that is of another cluster. */
const WITH_NEWS = `
with horizon as materialized (select ${HORIZON} as tx_id)
select c.tenant_id from horizon, hub_event_cursors c
where c.consumer = $1 and (c.tx_id >= horizon.tx_id or exists (
  select 1 from hub_events h where h.tenant_id = c.tenant_id and (h.tx_id, h.id) > (c.tx_id, c.id) and h.tx_id < horizon.tx_id))`;

/** @param dispatcher logged in as the dispatcher, who sees every tenant's routing columns. */
export async function tenantsWithHubEvents(dispatcher: Database, consumer: HubEventConsumer): Promise<string[]> {
  const rows = await dispatcher.query<{ tenant_id: string }>(WITH_NEWS, [consumer]);
  return rows.map((row) => row.tenant_id);
}
