import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import { findConnection } from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import {
  checkRoute,
  createRoute,
  deleteRoute,
  findRoute,
  listRoutes,
  lockRoute,
  updateRoute,
  type NewRoute,
  type RouteChange,
  type RouteFilter,
  type RouteRow,
} from '@hub/delivery';
import { type MappingEngine } from '@hub/mapping-engine';
import { checkExpression, findMapping } from '@hub/mapping-store';
import { err, notFound, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { CONNECTOR_REGISTRY, MAPPING_ENGINE } from '../../tokens';
import { toRouteResponse } from './route.mapper';

const change = changesOf('route', 'route', toRouteResponse);

/** What the libraries cannot check for each other: the filter's syntax, and the operation with the connection's connector. */
@Injectable()
export class RoutesService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
  ) {}

  create(tenantId: string, actor: AuditActor, route: NewRoute): Promise<Result<RouteRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const refusal = this.refusal(route, await this.targetFaults(tx, route, true));
      if (refusal !== null) return err(refusal);
      return audited(tx, await createRoute(tx, route), (after) => change(actor, 'created', { after }));
    });
  }

  list(tenantId: string, page: { limit: number; before: string | null }, filter: RouteFilter): Promise<RouteRow[]> {
    return this.tenants.run(tenantId, (tx) => listRoutes(tx, { ...page, limit: page.limit + 1 }, filter));
  }

  async find(tenantId: string, id: string): Promise<Result<RouteRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findRoute(tx, id));
    return row === null ? err(notFound('route')) : ok(row);
  }

  update(tenantId: string, actor: AuditActor, id: string, wanted: RouteChange): Promise<Result<RouteRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const current = await lockRoute(tx, id);
      if (current === null) return err(notFound('route'));
      const target = {
        connectionId: wanted.connectionId ?? current.connection_id,
        operation: wanted.operation ?? current.operation,
        mappingId: wanted.mappingId === undefined ? current.mapping_id : wanted.mappingId,
      };
      // A route is not held to an operation that a newer connector dropped until somebody touches either.
      const isNewTarget = wanted.connectionId !== undefined || wanted.operation !== undefined;
      const refusal = this.refusal(wanted, await this.targetFaults(tx, target, isNewTarget));
      if (refusal !== null) return err(refusal);
      return audited(tx, await updateRoute(tx, id, wanted), (after) =>
        change(actor, 'updated', { before: current, after }),
      );
    });
  }

  delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await lockRoute(tx, id);
      return audited(tx, await deleteRoute(tx, id), () => change(actor, 'deleted', { before }));
    });
  }

  /** Every fault in one answer. A filter that is the only thing wrong keeps its own code and position. */
  private refusal(route: RouteChange, targetFaults: readonly InputFault[]): Problem | null {
    const rules = checkRoute(route);
    const filter = typeof route.filter === 'string' ? checkExpression(this.engine, route.filter, '/filter') : ok(null);
    const others = [...(rules.ok ? [] : (rules.error.faults ?? [])), ...targetFaults];
    if (filter.ok && others.length === 0) return null;
    if (!filter.ok && others.length === 0) return filter.error;
    const faults = [...others, ...(filter.ok ? [] : (filter.error.faults ?? []))];
    return problem('unprocessable', 'invalid_route', 'The route cannot be saved like this.', { faults });
  }

  private async targetFaults(
    tx: TenantTx,
    target: Pick<NewRoute, 'connectionId' | 'operation' | 'mappingId'>,
    checkOperation: boolean,
  ): Promise<InputFault[]> {
    const faults: InputFault[] = [];
    const connection = await findConnection(tx, target.connectionId);
    if (connection === null) faults.push(unknownTarget('connection'));
    else if (checkOperation) {
      const why = this.connectors.get(connection.connector_id)?.checkOperation(target.operation);
      if (why === undefined) {
        const message = 'This hub no longer has the connector of this connection';
        faults.push({ pointer: '/connection_id', code: 'connector_unavailable', message });
      } else if (why !== null) faults.push({ pointer: '/operation', code: 'unknown_operation', message: why });
    }
    if (target.mappingId !== null && (await findMapping(tx, target.mappingId)) === null) {
      faults.push(unknownTarget('mapping'));
    }
    return faults;
  }
}

/** The answer for an id that is none, another tenant's, or deleted. */
function unknownTarget(what: 'connection' | 'mapping'): InputFault {
  return { pointer: `/${what}_id`, code: `unknown_${what}`, message: `There is no such ${what}` };
}
