import { Inject, Injectable } from '@nestjs/common';
import { connectorContext, CredentialVault, type DeletedConnection } from '@hub/connections';
import { type Connector, type ConnectorRegistry } from '@hub/connector-sdk';
import { within, type Logger } from '@hub/platform';
import { CONNECTOR_REGISTRY, LOGGER } from '../../tokens';
import { ConnectionCaller } from './connection-caller.service';

/** Whoever deletes a connection waits at most this long for the vendor. */
const PATIENCE_MS = 5_000;
const LONGEST_CALL_MS = 10_000;

/**
 * Ends the grant of a deleted connection at its vendor, as far as the vendor can be reached: the connection is gone whether
 * it can or not, and a grant that is left over is one that nobody has the tokens of.
 */
@Injectable()
export class GrantRevoker {
  constructor(
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never rejects. */
  async revoke(tenantId: string, connectionId: string, deleted: DeletedConnection): Promise<void> {
    const connector = this.connectors.get(deleted.connectorId);
    if (connector?.oauth === undefined || deleted.credentials === null) return;
    // It would end the other connection's too.
    if (connector.manifest.oneGrantPerAccount === true && deleted.isAccountShared) return;
    const ended = this.end(tenantId, connectionId, connector, deleted).catch((error: unknown) =>
      this.logger.warn('a grant could not be ended at its vendor', { ...this.fields(tenantId, connectionId), error }),
    );
    await within(ended, PATIENCE_MS);
  }

  private async end(
    tenantId: string,
    connectionId: string,
    connector: Connector,
    { config, credentials: sealed }: DeletedConnection,
  ): Promise<void> {
    if (connector.oauth === undefined || sealed === null) return;
    const credentials = await this.vault.open(tenantId, connectionId, sealed);
    if (!credentials.ok) return;
    const connection = { connectionId, config, credentials: credentials.value };
    const signal = AbortSignal.timeout(LONGEST_CALL_MS);
    const revoked = await connector.oauth.revoke(
      connectorContext(this.caller.parts, { tenantId, connector, connection, signal }),
    );
    const fields = { ...this.fields(tenantId, connectionId), connector: connector.manifest.id };
    if (revoked.ok) this.logger.info('a deleted connection’s grant was ended at its vendor', fields);
    else {
      const { category, code } = revoked.error;
      this.logger.warn('a grant could not be ended at its vendor', { ...fields, category, code });
    }
  }

  private fields(tenantId: string, connectionId: string): { tenant_id: string; connection_id: string } {
    return { tenant_id: tenantId, connection_id: connectionId };
  }
}
