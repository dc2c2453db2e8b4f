import { type Connector } from './connector';

export interface ConnectorRegistry {
  get(id: string): Connector | undefined;
  /** In the order in which they were given. */
  list(): readonly Connector[];
}

/** @throws when two connectors have one id: connections are stored with it, and must not change hands. */
export function createRegistry(connectors: readonly Connector[]): ConnectorRegistry {
  const byId = new Map<string, Connector>();
  for (const connector of connectors) {
    const { id } = connector.manifest;
    if (byId.has(id)) throw new Error(`Two connectors have the id "${id}"`);
    byId.set(id, connector);
  }
  const all = [...byId.values()];
  return { get: (id) => byId.get(id), list: () => all };
}
