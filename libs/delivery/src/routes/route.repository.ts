import { violatedConstraint } from '@hub/database';
import { err, newUuid, notFound, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { toLikePattern } from './event-type-pattern';
import { checkRoute } from './route-rules';
import { type NewRoute, type RouteChange, type RouteFilter, type RouteRow } from './route.types';

const COLUMNS = `id, name, event_type, filter, connection_id, operation, mapping_id, ordering_key, ordering_mode,
  retry_delays_seconds, enabled, revision, created_at, updated_at`;

/** The filter's syntax and the operation are the caller's to check: this library knows neither engine nor connectors. */
export async function createRoute(tx: TenantTx, route: NewRoute): Promise<Result<RouteRow, Problem>> {
  const checked = checkRoute(route);
  if (!checked.ok) return checked;
  const usable = await lockTargets(tx, route.connectionId, route.mappingId);
  if (!usable.ok) return usable;
  const [row] = await tx.query<RouteRow>(
    `insert into routes (tenant_id, id, name, event_type, event_type_like, filter, connection_id, operation, mapping_id,
                         ordering_key, ordering_mode, retry_delays_seconds, enabled)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (tenant_id, name) where deleted_at is null do nothing returning ${COLUMNS}`,
    [tx.tenantId, newUuid(), ...storedMembers(route)],
  );
  return row === undefined ? err(nameTaken()) : ok(row);
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listRoutes(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
  filter: RouteFilter = {},
): Promise<RouteRow[]> {
  return tx.query<RouteRow>(
    `select ${COLUMNS} from routes
     where tenant_id = $1 and deleted_at is null and ($2::uuid is null or id < $2)
       and ($3::uuid is null or connection_id = $3) and ($4::uuid is null or mapping_id = $4)
       and ($5::boolean is null or enabled = $5)
     order by id desc limit $6`,
    [
      tx.tenantId,
      page.before,
      filter.connectionId ?? null,
      filter.mappingId ?? null,
      filter.enabled ?? null,
      page.limit,
    ],
  );
}

export async function findRoute(tx: TenantTx, id: string): Promise<RouteRow | null> {
  const [row] = await tx.query<RouteRow>(
    `select ${COLUMNS} from routes where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Holds the route until the transaction ends, so that what the caller checks against it still holds when it is changed. */
export async function lockRoute(tx: TenantTx, id: string): Promise<RouteRow | null> {
  const [row] = await tx.query<RouteRow>(
    `select ${COLUMNS} from routes where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Events accepted after the commit go by the new route. After a `name_taken` the transaction can only roll back. */
export async function updateRoute(tx: TenantTx, id: string, change: RouteChange): Promise<Result<RouteRow, Problem>> {
  const checked = checkRoute(change);
  if (!checked.ok) return checked;
  const current = await lockRoute(tx, id);
  if (current === null) return err(notFound('route'));
  const route = merged(current, change);
  // A connection may be deleted while only disabled routes use it, so enabling asks again.
  const usable = await lockTargets(tx, route.connectionId, route.mappingId);
  if (!usable.ok) return usable;
  try {
    const [row] = await tx.query<RouteRow>(
      `update routes set name = $3, event_type = $4, event_type_like = $5, filter = $6, connection_id = $7, operation = $8,
         mapping_id = $9, ordering_key = $10, ordering_mode = $11, retry_delays_seconds = $12, enabled = $13,
         revision = revision + 1, updated_at = now()
       where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
      [tx.tenantId, id, ...storedMembers(route)],
    );
    if (row === undefined) throw new Error('a locked route is gone');
    return ok(row);
  } catch (error) {
    if (violatedConstraint(error) === 'routes_name') return err(nameTaken());
    throw error;
  }
}

/** Deliveries that it has made already go on. */
export async function deleteRoute(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  const rows = await tx.query(
    `update routes set deleted_at = now(), updated_at = now(), enabled = false, revision = revision + 1
     where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
    [tx.tenantId, id],
  );
  return rows.length === 0 ? err(notFound('route')) : ok(null);
}

/** The key-share locks hold off a deletion of connection or mapping until the route is committed, and nothing else. */
async function lockTargets(
  tx: TenantTx,
  connectionId: string,
  mappingId: string | null,
): Promise<Result<null, Problem>> {
  const faults: InputFault[] = [];
  const connections = await tx.query(
    `select id from connections where tenant_id = $1 and id = $2 and deleted_at is null for key share`,
    [tx.tenantId, connectionId],
  );
  if (connections.length === 0) faults.push(unknown('/connection_id', 'connection'));
  if (mappingId !== null) {
    const mappings = await tx.query(
      `select id from mappings where tenant_id = $1 and id = $2 and deleted_at is null for key share`,
      [tx.tenantId, mappingId],
    );
    if (mappings.length === 0) faults.push(unknown('/mapping_id', 'mapping'));
  }
  if (faults.length === 0) return ok(null);
  return err(problem('unprocessable', 'invalid_route', 'The route points at what does not exist.', { faults }));
}

function merged(current: RouteRow, change: RouteChange): NewRoute {
  const known: NewRoute = {
    name: current.name,
    eventType: current.event_type,
    filter: current.filter,
    connectionId: current.connection_id,
    operation: current.operation,
    mappingId: current.mapping_id,
    orderingKey: current.ordering_key,
    orderingMode: current.ordering_mode,
    retryDelaysSeconds: current.retry_delays_seconds,
    enabled: current.enabled,
  };
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...known, ...Object.fromEntries(given) };
}

function storedMembers(route: NewRoute): unknown[] {
  return [
    route.name,
    route.eventType,
    toLikePattern(route.eventType),
    route.filter,
    route.connectionId,
    route.operation,
    route.mappingId,
    route.orderingKey,
    route.orderingMode,
    route.retryDelaysSeconds,
    route.enabled,
  ];
}

function unknown(pointer: string, what: 'connection' | 'mapping'): InputFault {
  return { pointer, code: `unknown_${what}`, message: `There is no such ${what}` };
}

function nameTaken(): Problem {
  return problem('conflict', 'name_taken', 'Another route has this name.', {
    faults: [{ pointer: '/name', code: 'name_taken', message: 'Another route has this name' }],
  });
}
