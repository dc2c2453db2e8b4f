import { type Provider } from '@nestjs/common';
import { type Database } from '@hub/database';
import { TenantDb } from '@hub/tenancy';
import { APP_DATABASE } from '../../tokens';

/** `TenantDb` that also sees the rows which the hub keeps for a tenant: endpoints' connections, and notices. */
export const INTERNAL_TENANTS = Symbol('TenantDb of internal rows');

export const internalTenants: Provider = {
  provide: INTERNAL_TENANTS,
  inject: [APP_DATABASE],
  useFactory: (app: Database) => new TenantDb(app, { internal: true }),
};
