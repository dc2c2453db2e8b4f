import { type LinkLookup, type LinkResolver } from '@hub/mapping-engine';
import { fromPublicId, type Logger } from '@hub/platform';
import { findLinkedIds } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';

/** What `$link` asks, looked up in the tenant's links. */
export class TenantLinkResolver implements LinkResolver {
  /** @param connectionId where the delivery goes: of several connections of the system asked for, this one is meant. */
  constructor(
    private readonly dependencies: { readonly tenants: TenantDb; readonly logger: Logger },
    private readonly tenantId: string,
    private readonly connectionId: string,
  ) {}

  async find(lookups: readonly LinkLookup[]): Promise<readonly (string | null)[]> {
    const { tenants, logger } = this.dependencies;
    const queries = lookups.map(({ from, type, id, system }) => {
      const connectionId = fromPublicId('connection', system);
      return { from, type, id, system: connectionId === null ? { name: system } : { connectionId } };
    });
    try {
      return await tenants.run(this.tenantId, (tx) => findLinkedIds(tx, queries, this.connectionId));
    } catch (error) {
      logger.warn('links could not be looked up; the mapping is run again', { tenant_id: this.tenantId, error });
      throw error;
    }
  }
}
