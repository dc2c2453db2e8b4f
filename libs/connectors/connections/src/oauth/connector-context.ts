import { type Connector, type ConnectorContext, type LimitReading, type OAuthApp } from '@hub/connector-sdk';
import { type JsonObject, type SafeHttp } from '@hub/platform';
import { type OAuthApps } from './oauth-apps';

/** Who is told what a vendor says about an account's limits. */
export interface LimitSink {
  report(tenantId: string, connectionId: string, reading: LimitReading): void;
}

export interface ConnectorContextParts {
  readonly oauthApps: OAuthApps;
  readonly limits: LimitSink;
  readonly http: SafeHttp;
}

export interface ConnectorCall {
  readonly tenantId: string;
  readonly connector: Connector;
  readonly connection: {
    readonly connectionId: string;
    readonly config: JsonObject;
    readonly credentials: JsonObject;
  };
  readonly signal: AbortSignal;
  /** When it is known which one it must be: the one that a sign-in was begun with. */
  readonly oauthApp?: OAuthApp;
}

/** What a connector is given for one call: the same for deliveries, pulls, tests, refreshes and sign-ins. */
export function connectorContext(parts: ConnectorContextParts, call: ConnectorCall): ConnectorContext {
  const { connectionId, config, credentials } = call.connection;
  return {
    connectionId,
    config,
    credentials,
    oauthApp: call.oauthApp ?? parts.oauthApps.for(call.connector, config),
    reportLimit: (reading) => parts.limits.report(call.tenantId, connectionId, reading),
    http: parts.http,
    signal: call.signal,
  };
}
