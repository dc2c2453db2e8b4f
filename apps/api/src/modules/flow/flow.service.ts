import { Inject, Injectable } from '@nestjs/common';
import { listConnections, listTrippedBreakers, type ConnectionRow } from '@hub/connections';
import { countFlow, listRoutes } from '@hub/delivery';
import { countPulled, listRecipeSources, listSyncs, type PulledCountRow, type SyncRow } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { SEARCH_TENANTS } from '../../tokens';
import { flowEdges, type FlowEdge } from './flow-edges';

const PERIOD_MS = 24 * 3_600_000;
/** A picture of more than these is not read by anybody; the lists have them all. */
const MOST_CONNECTIONS = 200;
const MOST_ROUTES = 500;
const MOST_SYNCS = 500;
/** Looked at in some 200 ms, however many there are. */
const MOST_DELIVERIES = 50_000;

export interface FlowPicture {
  readonly from: Date;
  readonly to: Date;
  readonly countedFrom: Date;
  readonly connections: readonly ConnectionRow[];
  readonly breakers: ReadonlyMap<string, 'open' | 'half_open'>;
  readonly syncs: readonly SyncRow[];
  readonly pulled: readonly PulledCountRow[];
  readonly edges: readonly FlowEdge[];
}

@Injectable()
export class FlowService {
  /** With the searches' pool: however long a count takes, whoever sends an event finds a connection free. */
  constructor(@Inject(SEARCH_TENANTS) private readonly tenants: TenantDb) {}

  read(tenantId: string, to = new Date()): Promise<FlowPicture> {
    const from = new Date(to.getTime() - PERIOD_MS);
    return this.tenants.run(tenantId, async (tx) => {
      const connections = await listConnections(tx, { limit: MOST_CONNECTIONS, before: null });
      const routes = await listRoutes(tx, { limit: MOST_ROUTES, before: null });
      const syncs = await listSyncs(tx, { limit: MOST_SYNCS, before: null });
      const counts = await countFlow(tx, from, MOST_DELIVERIES);
      const counted = counts.reduce((sum, { total }) => sum + total, 0);
      const oldest = Math.min(...counts.map(({ oldest_at: at }) => at.getTime()));
      const connectors = new Map(connections.map(({ id, connector_id: connector }) => [id, connector]));
      const recipeSources = await listRecipeSources(tx);
      return {
        from,
        to,
        countedFrom: counted < MOST_DELIVERIES ? from : new Date(oldest),
        connections,
        breakers: await listTrippedBreakers(tx),
        syncs,
        pulled: await countPulled(tx, from),
        edges: flowEdges({ routes, syncs, connectors, recipeSources }, counts),
      };
    });
  }
}
