import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import {
  CREDENTIALS_MISSING,
  ConnectionOpener,
  CredentialVault,
  credentialTimes,
  deleteConnection,
  expireSchemas,
  findConnection,
  findConnectionHealth,
  insertConnection,
  listConnections,
  listLimits,
  replaceCredentials,
  setConnectionStatus,
  updateConnection,
  type ConnectionFilter,
  type ConnectionHealthRow,
  type ConnectionLimitRow,
  type ConnectionRow,
  type ConnectionStatus,
  type NewConnection,
} from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { findRecentCalls, type RecentCalls } from '@hub/delivery';
import { err, newUuid, notFound, ok, problem, type JsonObject, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { CONNECTOR_REGISTRY } from '../../tokens';
import { unknownConnectorAsked } from '../connectors/unknown-connector';
import { ConnectionCaller } from './connection-caller.service';
import { toConnectionResponse } from './connection.mapper';
import { ConnectionSettings, type ConnectionUpdate } from './connection-settings.service';
import { ConnectionWaker } from './connection-waker.service';
import { GrantRevoker } from './grant-revoker.service';

const change = changesOf('connection', 'connection', toConnectionResponse);

export interface ConnectionRequest {
  readonly name: string;
  readonly connector: string;
  readonly config: JsonObject;
  readonly credentials?: JsonObject;
}

export interface ConnectionHealth {
  readonly row: ConnectionHealthRow;
  readonly limits: readonly ConnectionLimitRow[];
  readonly recentCalls: RecentCalls;
}

@Injectable()
export class ConnectionsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(ConnectionOpener) private readonly opener: ConnectionOpener,
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(ConnectionSettings) private readonly settings: ConnectionSettings,
    @Inject(ConnectionWaker) private readonly waker: ConnectionWaker,
    @Inject(GrantRevoker) private readonly grants: GrantRevoker,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
  ) {}

  /** Without the credentials that its connector needs it starts out as `needs_reauth`: its deliveries wait for them. */
  async create(
    tenantId: string,
    actor: AuditActor,
    request: ConnectionRequest,
  ): Promise<Result<ConnectionRow, Problem>> {
    const connector = this.connectors.get(request.connector);
    if (connector === undefined) return err(unknownConnector());
    const checked = this.caller.check(connector, request.config, request.credentials ?? null);
    if (!checked.ok) return checked;
    const id = newUuid();
    const sealed =
      request.credentials === undefined ? ok(null) : await this.vault.seal(tenantId, id, request.credentials);
    if (!sealed.ok) return sealed;
    const { complete } = checked.value;
    const connection: NewConnection = {
      id,
      name: request.name,
      connectorId: request.connector,
      config: request.config,
      credentials: sealed.value,
      times: credentialTimes(connector, request.credentials ?? {}),
      status: complete ? 'active' : 'needs_reauth',
      statusReason: complete ? null : CREDENTIALS_MISSING,
    };
    return this.tenants.run(tenantId, async (tx) =>
      audited(tx, await insertConnection(tx, connection), (after) => change(actor, 'created', { after })),
    );
  }

  async list(
    tenantId: string,
    page: { limit: number; before: string | null },
    filter: ConnectionFilter,
  ): Promise<Result<ConnectionRow[], Problem>> {
    const { connectorId } = filter;
    return this.tenants.run(tenantId, async (tx) => {
      const rows = await listConnections(tx, { ...page, limit: page.limit + 1 }, filter);
      if (rows.length > 0 || connectorId === undefined || this.connectors.get(connectorId) !== undefined)
        return ok(rows);
      // Of a connector that this hub has no longer there may be connections, of another status or on another page.
      const others = await listConnections(tx, { limit: 1, before: null }, { connectorId });
      return others.length > 0 ? ok(rows) : err(unknownConnectorAsked());
    });
  }

  async find(tenantId: string, id: string): Promise<Result<ConnectionRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findConnection(tx, id));
    return row === null ? err(notFound('connection')) : ok(row);
  }

  async update(
    tenantId: string,
    actor: AuditActor,
    id: string,
    { name, config, credentials }: ConnectionUpdate,
  ): Promise<Result<ConnectionRow, Problem>> {
    if (config !== undefined || credentials !== undefined) {
      return this.settings.change(tenantId, actor, id, { name, config, credentials });
    }
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findConnection(tx, id);
      if (before === null) return err(notFound('connection'));
      const updated = await updateConnection(tx, id, { name }, before.revision);
      return audited(tx, updated, (after) => change(actor, 'updated', { before, after }));
    });
  }

  /** The grant is ended at the vendor after the connection is gone: a vendor that does not answer keeps nothing alive. */
  async delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    const deleted = await this.tenants.run(tenantId, async (tx) => {
      const before = await findConnection(tx, id);
      return audited(tx, await deleteConnection(tx, id), () => change(actor, 'deleted', { before }));
    });
    this.opener.forget(tenantId, id);
    if (!deleted.ok) return deleted;
    await this.grants.revoke(tenantId, id, deleted.value);
    return ok(null);
  }

  /** What they are is not recorded, in no form: only that they are others now. */
  async setCredentials(
    tenantId: string,
    actor: AuditActor,
    id: string,
    credentials: JsonObject,
  ): Promise<Result<null, Problem>> {
    const ready = await this.caller.ready(tenantId, id);
    if (!ready.ok) return ready;
    const { opened, connector } = ready.value;
    const checked = this.caller.check(connector, opened.config, credentials);
    if (!checked.ok) return checked;
    const sealed = await this.vault.seal(tenantId, id, credentials);
    if (!sealed.ok) return sealed;
    const times = credentialTimes(connector, credentials);
    const stored = await this.tenants.run(tenantId, async (tx) => {
      const before = await findConnection(tx, id);
      await expireSchemas(tx, id);
      const replaced = await replaceCredentials(tx, id, sealed.value, opened.revision, times);
      const after = replaced.ok ? await findConnection(tx, id) : null;
      return audited(tx, replaced, () => change(actor, 'credentials_replaced', { before, after }));
    });
    if (!stored.ok) return stored;
    await this.waker.goOn(tenantId, stored.value);
    return ok(null);
  }

  /** Deliveries wait and use up no attempt. */
  async pause(tenantId: string, actor: AuditActor, id: string): Promise<Result<ConnectionRow, Problem>> {
    const paused = await this.tenants.run(tenantId, async (tx) => {
      const before = await findConnection(tx, id);
      const moving = await moved(tx, id, 'paused', 'paused_by_user', ['active', 'paused', 'needs_reauth']);
      return audited(tx, moving, (after) => change(actor, 'paused', { before, after }));
    });
    if (paused.ok) this.opener.forget(tenantId, id);
    return paused;
  }

  async resume(tenantId: string, actor: AuditActor, id: string): Promise<Result<ConnectionRow, Problem>> {
    const ready = await this.caller.ready(tenantId, id);
    if (!ready.ok) return ready;
    const { opened, connector } = ready.value;
    const resumed = await this.tenants.run(tenantId, async (tx) => {
      const row = await findConnection(tx, id);
      if (row === null) return err(notFound('connection'));
      const checked = row.has_credentials ? ok({ complete: true }) : this.caller.check(connector, opened.config, null);
      if (!checked.ok) return checked;
      if (!checked.value.complete) return err(credentialsMissing());
      const moving = await moved(tx, id, 'active', null, ['active', 'paused', 'needs_reauth']);
      return audited(tx, moving, (after) => change(actor, 'resumed', { before: row, after }));
    });
    if (resumed.ok) await this.waker.goOn(tenantId, resumed.value);
    return resumed;
  }

  async health(tenantId: string, id: string): Promise<Result<ConnectionHealth, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const row = await findConnectionHealth(tx, id);
      if (row === null) return err(notFound('connection'));
      return ok({ row, limits: await listLimits(tx, id), recentCalls: await findRecentCalls(tx, id) });
    });
  }
}

async function moved(
  tx: TenantTx,
  id: string,
  status: ConnectionStatus,
  reason: string | null,
  from: readonly ConnectionStatus[],
): Promise<Result<ConnectionRow, Problem>> {
  const row = await setConnectionStatus(tx, id, status, reason, from);
  if (row !== null) return ok(row);
  if ((await findConnection(tx, id)) === null) return err(notFound('connection'));
  return err(
    problem('conflict', 'connection_disabled', 'The connection has been disabled by the operator of the hub.'),
  );
}

function unknownConnector(): Problem {
  return problem('unprocessable', 'invalid_connection', 'There is no such connector.', {
    faults: [{ pointer: '/connector', code: 'unknown_connector', message: 'There is no such connector' }],
  });
}

function credentialsMissing(): Problem {
  return problem(
    'conflict',
    CREDENTIALS_MISSING,
    'The connector needs credentials. Set them, and the connection goes on.',
  );
}
