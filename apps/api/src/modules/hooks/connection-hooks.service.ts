import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor, type AuditTarget } from '@hub/audit';
import { findConnection, type ConnectionRow } from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
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
  put(tenantId: string, actor: AuditActor, connectionId: string): Promise<Result<NewHook, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const connection = await findConnection(tx, connectionId);
      if (connection === null) return err(notFound('connection'));
      const { connector_id: connectorId } = connection;
      const hooks = this.connectors.get(connectorId)?.hooks;
      if (hooks === undefined) return err(NOT_CALLED);
      if (hooks.scope === 'app') return err(CALLED_FOR_ALL);
      const { token, hash } = issueHookToken();
      const before = await findHook(tx, connectionId);
      const row = await putHook(tx, connectionId, hash);
      const action = before === null ? 'connection_hook.created' : 'connection_hook.replaced';
      await appendAudit(tx, { action, actor, target: targetOf(connection) });
      return ok({ path: `/hooks/${connectorId}/${token}`, row });
    });
  }

  async find(tenantId: string, connectionId: string): Promise<Result<HookRow, Problem>> {
    const row = await this.tenants.run(tenantId, async (tx) =>
      (await findConnection(tx, connectionId)) === null ? null : findHook(tx, connectionId),
    );
    return row === null ? err(notFound('hook')) : ok(row);
  }

  delete(tenantId: string, actor: AuditActor, connectionId: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      if (!(await deleteHook(tx, connectionId))) return err(notFound('hook'));
      const target = targetOf((await findConnection(tx, connectionId)) ?? { id: connectionId, name: null });
      await appendAudit(tx, { action: 'connection_hook.deleted', actor, target });
      return ok(null);
    });
  }
}

/** The hook has no id of its own: a connection has one or none. */
function targetOf({ id, name }: Pick<ConnectionRow, 'id'> & { readonly name: string | null }): AuditTarget {
  return { type: 'connection', id: toPublicId('connection', id), name };
}
