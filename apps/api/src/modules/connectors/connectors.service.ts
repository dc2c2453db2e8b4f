import { Inject, Injectable } from '@nestjs/common';
import { type ConnectorManifest, type ConnectorRegistry } from '@hub/connector-sdk';
import { err, notFound, ok, type Problem, type Result } from '@hub/platform';
import { CONNECTOR_REGISTRY } from '../../tokens';

@Injectable()
export class ConnectorsService {
  constructor(@Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry) {}

  list(): ConnectorManifest[] {
    return this.connectors.list().map((connector) => connector.manifest);
  }

  find(id: string): Result<ConnectorManifest, Problem> {
    const connector = this.connectors.get(id);
    return connector === undefined ? err(notFound('connector')) : ok(connector.manifest);
  }
}
