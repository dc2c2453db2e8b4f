import { type LinkLookup, type LinkResolver, type MappingRequest } from '@hub/mapping-engine';
import { fromPublicId, type JsonObject } from '@hub/platform';
import { eventSystem, findLinkedIds, systemKey } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';

/** What somebody who tries a mapping out wants `$link` to answer. */
export interface GivenLink {
  readonly type: string;
  readonly id: string;
  readonly system: string;
  readonly found: string | null;
}

/** `$link` of a preview: what the caller gives, and else what the hub knows. */
export class PreviewLinks implements LinkResolver {
  private constructor(
    private readonly tenants: TenantDb,
    private readonly tenantId: string,
    private readonly given: readonly GivenLink[],
  ) {}

  static of(
    tenants: TenantDb,
    tenantId: string,
    request: { readonly event?: JsonObject; readonly links?: readonly GivenLink[] },
  ): NonNullable<MappingRequest['links']> {
    const source = request.event?.['source'];
    return {
      resolver: new PreviewLinks(tenants, tenantId, request.links ?? []),
      from: systemKey(eventSystem(typeof source === 'string' ? source : null)),
    };
  }

  async find(lookups: readonly LinkLookup[]): Promise<readonly (string | null)[]> {
    const given = lookups.map(({ type, id, system }) =>
      this.given.find((link) => link.type === type && link.id === id && link.system === system),
    );
    const asked = lookups.filter((_lookup, index) => given[index] === undefined);
    const queries = asked.map(({ from, type, id, system }) => {
      const connectionId = fromPublicId('connection', system);
      return { from, type, id, system: connectionId === null ? { name: system } : { connectionId } };
    });
    const known = await this.tenants.run(this.tenantId, (tx) => findLinkedIds(tx, queries, null));
    let next = 0;
    return given.map((link) => (link === undefined ? (known[next++] ?? null) : link.found));
  }
}
