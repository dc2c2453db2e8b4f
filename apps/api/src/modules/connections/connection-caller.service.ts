import { Inject, Injectable } from '@nestjs/common';
import {
  checkSettings,
  ConnectionBudget,
  connectorContext,
  ConnectionOpener,
  OAuthApps,
  type ConnectorContextParts,
  type OpenedConnection,
} from '@hub/connections';
import { type Connector, type ConnectorContext, type ConnectorError, type ConnectorRegistry } from '@hub/connector-sdk';
import { err, ok, problem, type JsonObject, type Problem, type Result, type SafeHttp } from '@hub/platform';
import { CONNECTOR_REGISTRY, SAFE_HTTP } from '../../tokens';

const LONGEST_CALL_MS = 30_000;

export interface ReadyConnection {
  readonly opened: OpenedConnection;
  readonly connector: Connector;
}

/** Calls a vendor for a person who waits: with credentials as they are stored now, and one refresh when they have expired. */
@Injectable()
export class ConnectionCaller {
  /** What each call's context is made of; for calls that are no ordinary ones. */
  readonly parts: ConnectorContextParts;

  constructor(
    @Inject(ConnectionOpener) private readonly opener: ConnectionOpener,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(OAuthApps) oauthApps: OAuthApps,
    @Inject(ConnectionBudget) limits: ConnectionBudget,
    @Inject(SAFE_HTTP) http: SafeHttp,
  ) {
    this.parts = { oauthApps, limits, http };
  }

  /** Read anew: somebody who has just changed the credentials tries the changed ones. */
  async ready(tenantId: string, connectionId: string): Promise<Result<ReadyConnection, Problem>> {
    this.opener.forget(tenantId, connectionId);
    const opened = await this.opener.open(tenantId, connectionId);
    if (!opened.ok) return opened;
    const connector = this.connectors.get(opened.value.connectorId);
    return connector === undefined ? err(connectorGone()) : ok({ opened: opened.value, connector });
  }

  /** Whether settings go with their connector, and with the app that the hub has for them. */
  check(connector: Connector, config: JsonObject, credentials: JsonObject | null): ReturnType<typeof checkSettings> {
    return checkSettings(connector, config, credentials, this.parts.oauthApps.for(connector, config));
  }

  async call<T>(
    tenantId: string,
    { opened, connector }: ReadyConnection,
    call: (context: ConnectorContext) => Promise<Result<T, ConnectorError>>,
  ): Promise<Result<T, ConnectorError>> {
    const signal = AbortSignal.timeout(LONGEST_CALL_MS);
    const contextOf = (connection: OpenedConnection): ConnectorContext =>
      connectorContext(this.parts, { tenantId, connector, connection, signal });
    const context = contextOf(opened);
    const first = await call(context);
    if (first.ok || first.error.category !== 'auth_expired' || connector.refreshCredentials === undefined) return first;
    const { connectionId, revision } = opened;
    const refreshed = await this.opener.refreshOnce(
      tenantId,
      connectionId,
      revision,
      async (credentials, own) =>
        (await connector.refreshCredentials?.({ ...context, credentials, signal: own })) ?? err(first.error),
    );
    return refreshed.ok ? call(contextOf({ ...opened, ...refreshed.value })) : refreshed;
  }
}

function connectorGone(): Problem {
  return problem('conflict', 'connector_unavailable', 'This hub no longer has the connector of this connection.');
}
