import { Injectable, Inject } from '@nestjs/common';
import { findApiKey, findTenant, TenantDb, type ApiKeyRow, type KeyIdentity, type TenantRow } from '@hub/tenancy';

export interface WhoAmI {
  /** Null for a person. */
  readonly key: ApiKeyRow | null;
  readonly tenant: TenantRow;
}

@Injectable()
export class MeService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  find(identity: KeyIdentity): Promise<WhoAmI> {
    return this.tenants.run(identity.tenantId, async (tx) => {
      const key = identity.person === undefined ? await findApiKey(tx, identity.keyId) : null;
      const tenant = await findTenant(tx, identity.tenantId);
      // Neither is ever deleted: a key that was let in has both.
      if ((key === null && identity.person === undefined) || tenant === null)
        throw new Error('an authenticated caller has no key or no tenant');
      return { key, tenant };
    });
  }
}
