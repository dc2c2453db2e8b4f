import {
  connectorContext,
  requireReauth,
  type ConnectionOpener,
  type ConnectorContextParts,
  type OpenedConnection,
} from '@hub/connections';
import {
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type ConnectorRegistry,
  type FieldSummary,
  type ObjectSummary,
  type PulledRecord,
  type PullObjectManifest,
  type PullPage,
  type PullRequest,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Logger, type Result } from '@hub/platform';
import { type PullConnection, type PullConnections } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { refreshExpired } from '../connections/refresh-expired';

export interface ConnectorPullsOptions {
  readonly opener: ConnectionOpener;
  readonly connectors: ConnectorRegistry;
  readonly context: ConnectorContextParts;
  readonly tenants: TenantDb;
  readonly logger: Logger;
}

/** What a vendor says: either of the two, as it was asked. Null where the connector cannot describe. */
export interface Description {
  readonly objects: readonly ObjectSummary[] | null;
  readonly fields: readonly FieldSummary[] | null;
}

/** Connections as pulls use them: opened, called through their connector, credentials refreshed once when they have expired. */
export class ConnectorPulls implements PullConnections {
  constructor(private readonly options: ConnectorPullsOptions) {}

  open(tenantId: string, connectionId: string): Promise<Result<PullConnection, ConnectorError>> {
    return this.openSystem(tenantId, connectionId);
  }

  /** @param object null: which objects there are. */
  async describe(
    tenantId: string,
    connectionId: string,
    object: string | null,
    signal: AbortSignal,
  ): Promise<Result<Description, ConnectorError>> {
    const system = await this.openSystem(tenantId, connectionId);
    return system.ok ? system.value.describe(object, signal) : system;
  }

  private async openSystem(tenantId: string, connectionId: string): Promise<Result<PulledSystem, ConnectorError>> {
    const opened = await this.options.opener.open(tenantId, connectionId);
    if (!opened.ok) {
      const category = opened.error.kind === 'unavailable' ? 'transient' : 'config';
      return err({ category, code: opened.error.code, message: opened.error.detail });
    }
    const connector = this.options.connectors.get(opened.value.connectorId);
    if (connector === undefined) {
      const message = `This hub has no connector "${opened.value.connectorId}".`;
      return err({ category: 'config', code: 'connector_unavailable', message });
    }
    return ok(new PulledSystem(this.options, tenantId, opened.value, connector));
  }
}

class PulledSystem implements PullConnection {
  readonly connectorId: string;
  readonly readRecords: PullConnection['readRecords'];

  constructor(
    private readonly options: ConnectorPullsOptions,
    private readonly tenantId: string,
    private opened: OpenedConnection,
    private readonly connector: Connector,
  ) {
    this.connectorId = connector.manifest.id;
    this.readRecords =
      connector.readRecords === undefined ? null : (object, ids, signal) => this.read(object, ids, signal);
  }

  get config(): JsonObject {
    return this.opened.config;
  }

  object(name: string): PullObjectManifest | undefined {
    return this.connector.pull === undefined
      ? undefined
      : this.connector.manifest.pull?.find((object) => object.name === name);
  }

  pull(request: PullRequest, signal: AbortSignal): Promise<Result<PullPage, ConnectorError>> {
    return this.call(signal, (context) => {
      if (this.connector.pull === undefined) throw new Error('asked to pull what cannot be pulled');
      return this.connector.pull(context, request);
    });
  }

  async describe(object: string | null, signal: AbortSignal): Promise<Result<Description, ConnectorError>> {
    const { connector } = this;
    if (object === null) {
      const objects = await this.call<Description['objects']>(
        signal,
        async (context) => (await connector.describeObjects?.(context)) ?? ok(null),
      );
      return objects.ok ? ok({ objects: objects.value, fields: null }) : objects;
    }
    const fields = await this.call<Description['fields']>(
      signal,
      async (context) => (await connector.describeFields?.(context, object)) ?? ok(null),
    );
    return fields.ok ? ok({ objects: null, fields: fields.value }) : fields;
  }

  /** The opener forgets, so that the next one reads what a person has entered meanwhile. */
  async requireReauth(error: ConnectorError): Promise<void> {
    const { connectionId, revision } = this.opened;
    const held = await this.options.tenants.run(this.tenantId, (tx) =>
      requireReauth(tx, connectionId, revision, error),
    );
    this.options.opener.forget(this.tenantId, connectionId);
    if (!held) return;
    this.options.logger.warn('connection needs to be signed in again', {
      tenant_id: this.tenantId,
      connection_id: connectionId,
      code: error.code,
    });
  }

  private read(
    object: string,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    return this.call(signal, (context) => {
      if (this.connector.readRecords === undefined) throw new Error('asked to read by id what cannot be');
      return this.connector.readRecords(context, object, ids);
    });
  }

  private async call<T>(
    signal: AbortSignal,
    ask: (context: ConnectorContext) => Promise<Result<T, ConnectorError>>,
  ): Promise<Result<T, ConnectorError>> {
    let answer = await ask(this.context(signal));
    for (let round = 1; round <= 2; round++) {
      if (answer.ok || answer.error.category !== 'auth_expired' || this.connector.refreshCredentials === undefined)
        break;
      const { refused, calledVendor } = await this.refresh();
      if (refused !== null) return err(refused);
      answer = await ask(this.context(signal));
      if (calledVendor) break;
    }
    return answer;
  }

  private async refresh(): Promise<{ readonly refused: ConnectorError | null; readonly calledVendor: boolean }> {
    const { tenantId, connector, options } = this;
    const { connectionId, revision: staleRevision } = this.opened;
    const context = (signal: AbortSignal): ConnectorContext => this.context(signal);
    const expired = { tenantId, connectionId, staleRevision, connector, context };
    const { refreshed, calledVendor } = await refreshExpired(options.opener, expired);
    if (!refreshed.ok) return { refused: refreshed.error, calledVendor };
    this.opened = { ...this.opened, ...refreshed.value };
    return { refused: null, calledVendor };
  }

  private context(signal: AbortSignal): ConnectorContext {
    const { tenantId, connector, opened } = this;
    return connectorContext(this.options.context, { tenantId, connector, connection: opened, signal });
  }
}
