import { AggregatorRegistry, type Registry } from 'prom-client';
import { type MetricsSource } from '@hub/platform';

/** Figures of all processes of the group, added up, as one process would tell them. */
export function groupRegistry(): MetricsSource {
  const aggregator = new AggregatorRegistry();
  return { contentType: aggregator.contentType, metrics: () => aggregator.clusterMetrics() };
}

/** Answers the first process when it asks for this one's figures. */
export function offerMetricsToGroup(registry: Registry): { close(): Promise<void> } {
  // Its constructor begins to listen; a list of registries without one would never be asked for.
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries(registry);
  return { close: () => Promise.resolve() };
}
