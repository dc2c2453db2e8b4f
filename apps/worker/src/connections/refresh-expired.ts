import { type ConnectionOpener, type RefreshedCredentials } from '@hub/connections';
import { type Connector, type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';
import { type Result } from '@hub/platform';

/** What is called for whom, and with which credentials the vendor would not have it. */
export interface ExpiredCall {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly staleRevision: number;
  readonly connector: Connector;
  readonly context: (signal: AbortSignal) => ConnectorContext;
}

/**
 * One refresh for all workers that meet the same expired token; the opener sees to it. The vendor is not called when the
 * credentials have been changed since `staleRevision`; what a person has just entered may hold no token yet, and needs a
 * refresh of its own.
 */
export async function refreshExpired(
  opener: ConnectionOpener,
  { tenantId, connectionId, staleRevision, connector, context }: ExpiredCall,
): Promise<{ readonly refreshed: Result<RefreshedCredentials, ConnectorError>; readonly calledVendor: boolean }> {
  let calledVendor = false;
  const refreshed = await opener.refreshOnce(tenantId, connectionId, staleRevision, (credentials, signal) => {
    if (connector.refreshCredentials === undefined) throw new Error('asked to refresh what cannot be refreshed');
    calledVendor = true;
    return connector.refreshCredentials({ ...context(signal), credentials });
  });
  return { refreshed, calledVendor };
}
