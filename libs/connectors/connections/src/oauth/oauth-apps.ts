import { type Connector, type OAuthApp } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

/**
 * The hub's own registrations at vendors, as the operator has set them. Kept in a private field: nothing that prints or
 * serialises this object shows a secret.
 */
export class OAuthApps {
  readonly #apps: ReadonlyMap<string, readonly OAuthApp[]>;

  constructor(apps: ReadonlyMap<string, readonly OAuthApp[]> = new Map()) {
    this.#apps = apps;
  }

  /** The registration that a connection with this config uses; null where the operator has set none. */
  for(connector: Connector, config: JsonObject): OAuthApp | null {
    return connector.oauth === undefined
      ? null
      : this.find(connector.manifest.id, connector.oauth.environmentOf(config));
  }

  find(connectorId: string, environment: string): OAuthApp | null {
    return this.#apps.get(connectorId)?.find((app) => app.environment === environment) ?? null;
  }

  /** Names of the environments that a registration is set for. */
  environmentsOf(connectorId: string): readonly string[] {
    return (this.#apps.get(connectorId) ?? []).map(({ environment }) => environment);
  }
}
