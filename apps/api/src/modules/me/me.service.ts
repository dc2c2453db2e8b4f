import { Injectable, Inject } from '@nestjs/common';
import { findApiKey, findTenant, TenantDb, type ApiKeyRow, type KeyIdentity, type TenantRow } from '@hub/tenancy';

export interface WhoAmI {
  readonly key: ApiKeyRow;
  readonly tenant: TenantRow;
}

@Injectable()
export class MeService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  find(identity: KeyIdentity): Promise<WhoAmI> {
    return this.tenants.run(identity.tenantId, async (tx) => {
      const key = await findApiKey(tx, identity.keyId);
      const tenant = await findTenant(tx, identity.tenantId);
      // Neither is ever deleted: a key that was let in has both.
      if (key === null || tenant === null) throw new Error('an authenticated key has no row or no tenant');
      return { key, tenant };
    });
  }
}
