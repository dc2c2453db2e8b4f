import { Inject, Injectable } from '@nestjs/common';
import { OAuthApps } from '@hub/connections';
import { type Connector, type ConnectorRegistry } from '@hub/connector-sdk';
import { err, notFound, ok, type Problem, type Result } from '@hub/platform';
import { CONNECTOR_REGISTRY, PUBLIC_URL } from '../../tokens';
import { redirectUriOf } from '../connections/redirect-uri';

/** A connector as this hub is set up for it. */
export interface CatalogueEntry {
  readonly connector: Connector;
  /** Null for a connector that has no pages to sign in on. */
  readonly signIn: {
    /** Environments that the operator has registered the hub in. */
    readonly environments: readonly string[];
    readonly redirectUri: string | null;
  } | null;
}

@Injectable()
export class ConnectorsService {
  constructor(
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(OAuthApps) private readonly apps: OAuthApps,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  list(): CatalogueEntry[] {
    return this.connectors.list().map((connector) => this.entryOf(connector));
  }

  find(id: string): Result<CatalogueEntry, Problem> {
    const connector = this.connectors.get(id);
    return connector === undefined ? err(notFound('connector')) : ok(this.entryOf(connector));
  }

  private entryOf(connector: Connector): CatalogueEntry {
    if (connector.oauth === undefined) return { connector, signIn: null };
    const { id } = connector.manifest;
    const signIn = { environments: this.apps.environmentsOf(id), redirectUri: redirectUriOf(this.publicUrl, id) };
    return { connector, signIn };
  }
}
