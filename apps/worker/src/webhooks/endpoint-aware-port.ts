import { type ConnectionPort, type FoundConnection, type SendError } from '@hub/delivery';
import { type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { disableGone } from '@hub/webhooks';

export interface EndpointAwarePortOptions {
  /** Must see internal rows. */
  readonly tenants: TenantDb;
  /** What is remembered of a connection is of one that was still called. */
  readonly forget: (tenantId: string, connectionId: string) => void;
  readonly logger: Logger;
}

/** Connections as drains use them, of which some are endpoints of webhooks: those are not signed in to, they say goodbye. */
export class EndpointAwarePort implements ConnectionPort {
  constructor(
    private readonly connections: ConnectionPort,
    private readonly options: EndpointAwarePortOptions,
  ) {}

  find(tx: TenantTx, connectionId: string): Promise<FoundConnection> {
    return this.connections.find(tx, connectionId);
  }

  async needsReauth(tenantId: string, connectionId: string, error: SendError): Promise<void> {
    const { tenants, forget, logger } = this.options;
    const { revision } = error;
    if (revision === undefined) throw new Error('credentials were refused of a revision that nobody knows');
    const outcome = await tenants.run(tenantId, (tx) => disableGone(tx, connectionId, revision));
    if (outcome === 'no_endpoint') return this.connections.needsReauth(tenantId, connectionId, error);
    forget(tenantId, connectionId);
    if (outcome === 'changed_since') return;
    logger.info('an endpoint of webhooks is gone and was switched off', {
      tenant_id: tenantId,
      connection_id: connectionId,
    });
  }
}
