import { Inject, Injectable } from '@nestjs/common';
import { findConnection } from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { deleteHook, findHook, issueHookToken, putHook, type HookRow } from '@hub/sync';
import { TenantDb } from '@hub/tenancy';
import { CONNECTOR_REGISTRY } from '../../tokens';

export interface NewHook {
  /** Below the hub's own address. */
  readonly path: string;
  readonly row: HookRow;
}

const NOT_CALLED = problem(
  'conflict',
  'not_supported',
  'The connector of this connection takes no calls of its vendor.',
);
const CALLED_FOR_ALL = problem(
  'conflict',
  'hook_of_app',
  'This vendor calls one address for all accounts, which the operator of this hub sets: nothing is to be done here.',
);

@Injectable()
export class ConnectionHooksService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
  ) {}

  /** Makes the secret path, or another in its place. */
  put(tenantId: string, connectionId: string): Promise<Result<NewHook, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const connection = await findConnection(tx, connectionId);
      if (connection === null) return err(notFound('connection'));
      const { connector_id: connectorId } = connection;
      const hooks = this.connectors.get(connectorId)?.hooks;
      if (hooks === undefined) return err(NOT_CALLED);
      if (hooks.scope === 'app') return err(CALLED_FOR_ALL);
      const { token, hash } = issueHookToken();
      const row = await putHook(tx, connectionId, hash);
      return ok({ path: `/hooks/${connectorId}/${token}`, row });
    });
  }

  async find(tenantId: string, connectionId: string): Promise<Result<HookRow, Problem>> {
    const row = await this.tenants.run(tenantId, async (tx) =>
      (await findConnection(tx, connectionId)) === null ? null : findHook(tx, connectionId),
    );
    return row === null ? err(notFound('hook')) : ok(row);
  }

  async delete(tenantId: string, connectionId: string): Promise<Result<null, Problem>> {
    const deleted = await this.tenants.run(tenantId, (tx) => deleteHook(tx, connectionId));
    return deleted ? ok(null) : err(notFound('hook'));
  }
}
