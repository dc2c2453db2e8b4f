import { type TenantTx } from '@hub/tenancy';
import { type DeliveryError } from '../shared/delivery-status';

/** What a reader of the bus may want to know of a delivery, as it stands now. Never a payload. */
export interface DeliveryFacts {
  readonly id: string;
  readonly trackingId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: string | null;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly routeId: string;
  readonly routeName: string;
  readonly operation: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly externalId: string | null;
  readonly error: DeliveryError | null;
}

/** Those that are still there, by id. */
export async function findDeliveryFacts(
  tx: TenantTx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DeliveryFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<DeliveryFacts & Record<string, unknown>>(
    `select d.id, d.tracking_id as "trackingId", e.event_id as "eventId", e.type as "eventType", e.subject,
            d.connection_id as "connectionId", c.name as "connectionName", d.route_id as "routeId", t.name as "routeName",
            d.operation, d.status, d.reason, d.attempts,
            case when d.status in ('pending', 'retrying') then d.next_attempt_at end as "nextAttemptAt",
            d.external_id as "externalId", d.last_error as error
     from deliveries d
     join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id
     join connections c on c.tenant_id = d.tenant_id and c.id = d.connection_id
     join routes t on t.tenant_id = d.tenant_id and t.id = d.route_id
     where d.tenant_id = $1 and d.id = any($2::uuid[])`,
    [tx.tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export interface ConnectionFacts {
  readonly id: string;
  readonly name: string;
  readonly connectorId: string;
}

export async function findConnectionFacts(
  tx: TenantTx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ConnectionFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<ConnectionFacts & Record<string, unknown>>(
    `select id, name, connector_id as "connectorId" from connections where tenant_id = $1 and id = any($2::uuid[])`,
    [tx.tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
